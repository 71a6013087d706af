// Made by scripts/generate from functions/stoker/models: change it there.

import type { FirestoreDataConverter, QueryDocumentSnapshot } from 'firebase/firestore';
import type { AnalyticsAggregate, AnalyticsEvent, Completion, JobSettings, ProcessingJob, Project, SignUpSettings, Task, User } from './stoker';

/** Documents of one form: what is read has what was left out, and what is written goes as it is. */
function converter<Document extends object, Defaults extends Partial<Document>>(
  defaults: Defaults,
): FirestoreDataConverter<Document & Required<Pick<Document, keyof Defaults & keyof Document>>, Document> {
  return {
    toFirestore: (written) => written as never,
    fromFirestore: (snapshot: QueryDocumentSnapshot, options) =>
      ({ ...defaults, ...snapshot.data(options) }) as never,
  };
}

/** What a document of `users` has where it is left out. */
export const userDefaults = {
  displayName: 'New User',
  preferences: { language: 'en', timeZone: 'UTC', theme: 'system', notifications: true },
} satisfies Partial<User>;

/** For `collection(db, 'users').withConverter(userConverter)`. */
export const userConverter = converter<User, typeof userDefaults>(userDefaults);

/** What a document of `completions` has where it is left out. */
export const completionDefaults = {} satisfies Partial<Completion>;

/** For `collection(db, 'completions').withConverter(completionConverter)`. */
export const completionConverter = converter<Completion, typeof completionDefaults>(completionDefaults);

/** What a document of `tasks` has where it is left out. */
export const taskDefaults = {
  priority: 'medium',
  status: 'todo',
  category: 'general',
  tags: [],
  subtasks: [],
  schemaVersion: 1,
} satisfies Partial<Task>;

/** For `collection(db, 'tasks').withConverter(taskConverter)`. */
export const taskConverter = converter<Task, typeof taskDefaults>(taskDefaults);

/** What a document of `projects` has where it is left out. */
export const projectDefaults = {
  schemaVersion: 1,
} satisfies Partial<Project>;

/** For `collection(db, 'projects').withConverter(projectConverter)`. */
export const projectConverter = converter<Project, typeof projectDefaults>(projectDefaults);

/** What a document of `processingJobs` has where it is left out. */
export const processingJobDefaults = {
  cancelRequested: false,
  schemaVersion: 1,
  progress: 0,
} satisfies Partial<ProcessingJob>;

/** For `collection(db, 'processingJobs').withConverter(processingJobConverter)`. */
export const processingJobConverter = converter<ProcessingJob, typeof processingJobDefaults>(processingJobDefaults);

/** What a document of `analyticsEvents` has where it is left out. */
export const analyticsEventDefaults = {
  properties: {},
  schemaVersion: 1,
} satisfies Partial<AnalyticsEvent>;

/** For `collection(db, 'analyticsEvents').withConverter(analyticsEventConverter)`. */
export const analyticsEventConverter = converter<AnalyticsEvent, typeof analyticsEventDefaults>(analyticsEventDefaults);

/** What a document of `analyticsAggregates` has where it is left out. */
export const analyticsAggregateDefaults = {} satisfies Partial<AnalyticsAggregate>;

/** For `collection(db, 'analyticsAggregates').withConverter(analyticsAggregateConverter)`. */
export const analyticsAggregateConverter = converter<AnalyticsAggregate, typeof analyticsAggregateDefaults>(analyticsAggregateDefaults);

/** What a document of `adminData` has where it is left out. */
export const jobSettingsDefaults = {} satisfies Partial<JobSettings>;

/** For `collection(db, 'adminData').withConverter(jobSettingsConverter)`. */
export const jobSettingsConverter = converter<JobSettings, typeof jobSettingsDefaults>(jobSettingsDefaults);

/** What a document of `adminData` has where it is left out. */
export const signUpSettingsDefaults = {} satisfies Partial<SignUpSettings>;

/** For `collection(db, 'adminData').withConverter(signUpSettingsConverter)`. */
export const signUpSettingsConverter = converter<SignUpSettings, typeof signUpSettingsDefaults>(signUpSettingsDefaults);
