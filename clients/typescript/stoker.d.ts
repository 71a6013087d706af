// Made by scripts/generate from functions/stoker/models: change it there.

import type { Timestamp } from 'firebase/firestore';

/** The values that the server has copied from the account. Those that it did not have are left out. */
export interface CopiedFromAccount {
  /** The last one. */
  displayName?: string | null;
  /** The last one. */
  photoURL?: string | null;
  /** The first one, which became a preference. */
  language?: string | null;
}

/** How the user wants the app. */
export interface Preferences {
  /**
   * A BCP 47 tag, such as `de` or `pt-BR`. The server sets it once, from a sign-up's locale. At most 35
   * characters. Matches `^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`. `"en"` where it is left out.
   */
  language?: string;
  /**
   * A name of the tz database, such as `Europe/Berlin`: the user's days begin there. The server sets it once, from
   * a call of `ensureProfile`. At most 64 characters. Matches `^[A-Za-z][A-Za-z0-9_+/-]*$`. `"UTC"` where it is
   * left out.
   */
  timeZone?: string;
  /** Of the app's surface. `"system"` where it is left out. */
  theme?: 'system' | 'light' | 'dark';
  /** Whether the app may send any. `true` where it is left out. */
  notifications?: boolean;
}

/** Days in a row, each with a completed task. */
export interface DayRun {
  /** The first of them. Matches `^\d{4}-\d{2}-\d{2}$`. */
  first: string;
  /** The last of them. Matches `^\d{4}-\d{2}-\d{2}$`. */
  last: string;
}

/** The XP of one day. */
export interface XpDay {
  /** The day. Matches `^\d{4}-\d{2}-\d{2}$`. */
  day: string;
  /** What its completed tasks are worth, in all. */
  xp: number;
  /** How much of that counts. */
  most: number;
}

/** The last completion of a task, and the time zones at that time. */
export interface LastCompletion {
  /** When the task was completed. */
  at: Timestamp;
  /** The day that it was in `time_zone`. Matches `^\d{4}-\d{2}-\d{2}$`. */
  day: string;
  /** Where the user's days began. */
  timeZone: string;
  /** The time zone of the user's preferences. If it is another one, it counts from the next day. */
  nextTimeZone: string;
}

/** Something that the user has done, once and for all. */
export interface Achievement {
  /** Which; the server's list has the words. Not empty. At most 64 characters. */
  id: string;
  /** When. */
  achievedAt: Timestamp;
}

/** What the user has done, counted. */
export interface Stats {
  /** Tasks. `0` where it is left out. */
  completed?: number;
  /** Of them, those that were due and not late. `0` where it is left out. */
  onTime?: number;
  /** Of them, those that were late. `0` where it is left out. */
  late?: number;
  /** What they took, in all. `0` where it is left out. */
  minutes?: number;
  /** Of them, by their priority. `{}` where it is left out. */
  byPriority?: Record<string, number>;
  /**
   * Of them, by their category; of more than 100 categories, the first 100 in alphabetical order. At most 100
   * fields. `{}` where it is left out.
   */
  byCategory?: Record<string, number>;
}

/** How far the user has come. */
export interface Progress {
  /** From 1; follows from `xp`. At least 1. `1` where it is left out. */
  level?: number;
  /** Points, for tasks that were completed. `0` where it is left out. */
  xp?: number;
  /**
   * Days in a row with a completed task, in the user's own time zone, up to the last of `active_days`. It stands
   * while that day is today or yesterday. `0` where it is left out.
   */
  streak?: number;
  /** The most that there ever were. `0` where it is left out. */
  longestStreak?: number;
  /**
   * The days with a completed task, as runs, the oldest first: those that end in the last 200 days up to the last
   * of them. At most 100 items. `[]` where it is left out.
   */
  activeDays?: DayRun[];
  /**
   * The XP of the last 10 days with a completed task, the oldest first. At most 10 items. `[]` where it is left
   * out.
   */
  xpDays?: XpDay[];
  /** The last completion. */
  last?: LastCompletion | null;
  /** At most 200 items. `[]` where it is left out. */
  achievements?: Achievement[];
  stats?: Stats;
}

/**
 * The document; the server makes it on sign-up, the user changes the name, the picture and the preferences.
 */
export interface User {
  /**
   * The Auth uid, and the document's id. Not empty. At most 128 characters. Matches `^[^/\x00-\x1f\x7f]+$`.
   */
  id: string;
  /** As Auth knows it; anonymous users have none. At most 320 characters. */
  email?: string | null;
  /** Whether Auth has verified the address. `false` where it is left out. */
  emailVerified?: boolean;
  /**
   * The account's, until the user changes it here. At most 100 characters. Matches
   * `^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*[^
   * \u00a0\u00ad\u0300-\u036f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u2000-\u200f\u202f\u205f-\u2065\u206a-\u206f\u20d0-\u20ff\u2800\u3000\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069][^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$`.
   * `"New User"` where it is left out. Written by the client, at any time.
   */
  displayName?: string;
  /**
   * A picture of the user: the account's, until the user changes it here. At most 2,048 characters. Matches
   * `^https://[!-~]+$`. Written by the client, at any time.
   */
  photoURL?: string | null;
  /** The values that were last copied from the account. If a field differs, the user has changed it. */
  fromAccount?: CopiedFromAccount | null;
  /** As in the token's claims, where the rules look. `"user"` where it is left out. */
  role?: 'user' | 'admin' | 'moderator';
  /** As in the token's claims. At most 50 items. `[]` where it is left out. */
  permissions?: string[];
  /** Written by the client, at any time. */
  preferences?: Preferences;
  progress?: Progress;
  /** The account may not have come to be: the sign-up was still under way. */
  provisional?: boolean | null;
  createdAt: Timestamp;
  /** Written by the client, with each write, with the server's time. */
  updatedAt: Timestamp;
  /** `1` where it is left out. */
  schemaVersion?: 1;
}

/** The document. The server makes it when the task is completed for the first time; it stays as it is. */
export interface Completion {
  /** The task's id, and the document's. */
  id: string;
  /** The owner of the task. Not empty. At most 128 characters. Matches `^[^/\x00-\x1f\x7f]+$`. */
  userId: string;
  /** When the task was completed. */
  completedAt: Timestamp;
  /** On which day that was, in `time_zone`. Matches `^\d{4}-\d{2}-\d{2}$`. */
  day: string;
  /** Where the user's days began then. Completions from before this field was added have none. */
  timeZone?: string | null;
  /** The time zone of the user's preferences then. If it is another one, it counts from the next day. */
  nextTimeZone?: string | null;
  /** Of the task, as it was then. */
  priority: 'urgent' | 'high' | 'medium' | 'low';
  /** The same. Not empty. At most 100 characters. */
  category: string;
  /** How long it took, as far as the task said then. At most 525,600. `0` where it is left out. */
  minutes?: number;
  /** Whether it was done by its `dueDate`; left out where it had none. */
  onTime?: boolean | null;
  /** What the task is worth. It is 0 if the task was not open for long enough. */
  xp: number;
  /**
   * How much of the XP of that day's tasks counts. Completions from before this field was added have none, and
   * count in full.
   */
  xpADay?: number | null;
  /** Whether the user's progress has it already. `false` where it is left out. */
  counted?: boolean;
  /** `1` where it is left out. */
  schemaVersion?: 1;
}

/** A step of a task. */
export interface Subtask {
  /** What is to be done. Not empty. At most 200 characters. */
  title: string;
  /** Whether it is. `false` where it is left out. */
  completed?: boolean;
}

/** The document. */
export interface Task {
  /** What is to be done. Not empty. At most 200 characters. Written by the client, at any time. */
  title: string;
  /** All that belongs to it. At most 10,000 characters. Written by the client, at any time. */
  description?: string | null;
  /** How much it matters. `"medium"` where it is left out. Written by the client, at any time. */
  priority?: 'urgent' | 'high' | 'medium' | 'low';
  /** Where it stands. `"todo"` where it is left out. Written by the client, at any time. */
  status?: 'todo' | 'in-progress' | 'completed' | 'cancelled';
  /**
   * The user's own word for its kind. Not empty. At most 100 characters. `"general"` where it is left out. Written
   * by the client, at any time.
   */
  category?: string;
  /**
   * The user's own words for it. At most 50 items. `[]` where it is left out. Written by the client, at any time.
   */
  tags?: string[];
  /** How long it should take, in minutes. At most 525,600. Written by the client, at any time. */
  estimatedDuration?: number | null;
  /** How long it took, in minutes. At most 525,600. Written by the client, at any time. */
  actualDuration?: number | null;
  /** When it must be done. Written by the client, at any time. */
  dueDate?: Timestamp | null;
  /** Its steps. At most 100 items. `[]` where it is left out. Written by the client, at any time. */
  subtasks?: Subtask[];
  /**
   * The project that it belongs to, one of the user's own. Matches `^[A-Za-z0-9_-]{1,128}$`. Written by the
   * client, at any time.
   */
  projectId?: string | null;
  /** Repeats the document's id. Matches `^[A-Za-z0-9_-]{1,128}$`. Written by the client, at creation. */
  id: string;
  /**
   * The owner. Not empty. At most 128 characters. Matches `^[^/\x00-\x1f\x7f]+$`. Written by the client, at
   * creation.
   */
  userId: string;
  /** The server's time at creation. Written by the client, at creation, with the server's time. */
  createdAt: Timestamp;
  /**
   * The server's time of the last change. Written by the client, with each write, with the server's time.
   */
  updatedAt: Timestamp;
  /** `1` where it is left out. Written by the client, at creation. */
  schemaVersion?: 1;
}

/** The document. */
export interface Project {
  /** Repeats the document's id. Matches `^[A-Za-z0-9_-]{1,128}$`. Written by the client, at creation. */
  id: string;
  /**
   * The owner. Not empty. At most 128 characters. Matches `^[^/\x00-\x1f\x7f]+$`. Written by the client, at
   * creation.
   */
  userId: string;
  /** What the user calls it. Not empty. At most 200 characters. Written by the client, at any time. */
  name: string;
  /** What it is about. At most 10,000 characters. Written by the client, at any time. */
  description?: string | null;
  /** The server's time at creation. Written by the client, at creation, with the server's time. */
  createdAt: Timestamp;
  /**
   * The server's time of the last change. Written by the client, with each write, with the server's time.
   */
  updatedAt: Timestamp;
  /** `1` where it is left out. Written by the client, at creation. */
  schemaVersion?: 1;
}

/** A file in Cloud Storage. */
export interface StoredFile {
  /** Its object in the default bucket, under `job-outputs/{userId}/{jobId}/`. */
  path: string;
  /** Its media type. */
  contentType: string;
  /** Its size. */
  bytes: number;
  /** Its checksum, in hexadecimal. */
  sha256: string;
}

/** One file that a job made. */
export interface OutputFile {
  /** Its object in the default bucket, under `job-outputs/{userId}/{jobId}/`. */
  path: string;
  /** Its media type. */
  contentType: string;
  /** Its size. */
  bytes: number;
  /** Its checksum, in hexadecimal. */
  sha256: string;
  /** The kind of output that asked for it. */
  kind: string;
  /** Pixels, where it is a picture. */
  width?: number | null;
  /** Pixels, where it is a picture. */
  height?: number | null;
  /** Where it plays. */
  durationSeconds?: number | null;
  /** The files that it names, in the same folder: the streams of a playlist, the pictures of a sprite. */
  parts?: StoredFile[] | null;
}

/** The picture. */
export interface MediaVideo {
  /** As ffmpeg calls it. */
  codec: string;
  /** Pixels as shown. */
  width: number;
  /** Pixels as shown. */
  height: number;
  /** On average. */
  framesPerSecond: number;
  /** Degrees by which the file says that the picture is turned, counter-clockwise. */
  rotation: number;
  /** Of each colour. */
  bitDepth: number;
  /** `pq` (HDR10) or `hlg`, where it is. */
  hdr?: 'pq' | 'hlg' | null;
}

/** The sound. */
export interface MediaAudio {
  /** As ffmpeg calls it. */
  codec: string;
  /** How many there are. */
  channels: number;
  /** Which, as ffmpeg calls it: `stereo`, `5.1(side)`. */
  layout: string;
  /** Of each channel. */
  samplesPerSecond: number;
  /**
   * Integrated, of its stereo mix and of the part that was used; left out where nobody listened. Source: EBU R
   * 128.
   */
  loudnessLufs?: number | null;
  /** The same, in decibels below full scale. */
  truePeakDbtp?: number | null;
}

/** What a file holds. */
export interface Media {
  /** ffmpeg's names for its format. */
  container: string;
  durationSeconds?: number | null;
  video?: MediaVideo | null;
  audio?: MediaAudio | null;
}

/** A part of the source that was left out or guessed. */
export interface OutputWarning {
  /** A stable kebab-case code. */
  code: 'bad-cues' | 'colours-guessed' | 'duration-measured' | 'frame-rate-capped' | 'language-missing' | 'missing-glyphs' | 'no-sound-in-part' | 'picture-changes' | 'sound-changes' | 'track-without-packets' | 'tracks-ignored' | 'undecodable-sound' | 'unspoken-text';
  /** A sentence for the owner. */
  message: string;
}

/** An item of a batch that could not be done. */
export interface ItemFailure {
  /** Which: a document's id, a line's number, or a job's place in the list. */
  item: string;
  /** A sentence for the owner. */
  error: string;
  /** A stable kebab-case code. */
  errorCode: string;
}

/** What a completed `batch-operation` did. */
export interface BatchOutput {
  /** `[]` where it is left out. */
  files?: OutputFile[];
  /** What a film's source was found to be, or what was measured of speech. */
  media?: Media | Record<string, unknown> | null;
  /** Parts of the source that were left out or guessed. At most 20 items. */
  warnings?: OutputWarning[] | null;
  /** Items that there were; `succeeded` and `failed` add up to it. */
  total: number;
  succeeded: number;
  failed: number;
  /** The first 100 items that failed. At most 100 items. `[]` where it is left out. */
  failures?: ItemFailure[];
  /** What a deletion removed, by kind, such as `{"tasks": 12, "files": 3}`. */
  removed?: Record<string, number> | null;
  /** The generation of the file that an import has read. It is another if the file is replaced. */
  generation?: string | null;
}

/** What a completed job made. */
export interface JobOutput {
  files: OutputFile[];
  /** What a film's source was found to be, or what was measured of speech. */
  media?: Media | Record<string, unknown> | null;
  /** Parts of the source that were left out or guessed. At most 20 items. */
  warnings?: OutputWarning[] | null;
}

/** What became of an attempt that did not complete the job. */
export interface Attempt {
  /** From 1. */
  number: number;
  startedAt: Timestamp;
  endedAt: Timestamp;
  /** Why it ended; `lease-lost` where it went silent. */
  errorCode: string;
}

/** Who works on the job, and until when that is believed. */
export interface StoredLease {
  /** Drawn anew by each attempt. */
  token: string;
  /** From then on, the attempt counts as dead. */
  expiresAt: Timestamp;
  /** Drawn anew with each checkpoint: the attempt knows its own by it. */
  saved?: string | null;
}

/**
 * The document. The client writes the first group of fields on creation, and may later set `cancel_requested`;
 * the server writes the rest. `schema_version` may be left out.
 */
export interface ProcessingJob {
  /** Repeats the document's id. Matches `^[A-Za-z0-9_-]{1,128}$`. Written by the client, at creation. */
  id: string;
  /**
   * The owner. Not empty. At most 128 characters. Matches `^[^/\x00-\x1f\x7f]+$`. Written by the client, at
   * creation.
   */
  userId: string;
  /** Which worker runs it. Written by the client, at creation. */
  type: 'video-processing' | 'audio-generation' | 'batch-operation';
  /** By type; the worker's own model reads it. Written by the client, at creation. */
  input: JobInput;
  /** Where it stands. `"pending"` at creation. Written by the client, at creation. */
  status: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';
  /** The server's time at creation. Written by the client, at creation, with the server's time. */
  createdAt: Timestamp;
  /** The owner wants it to stop. `false` at creation. Written by the client, at any time. */
  cancelRequested?: boolean;
  /**
   * No second job of the owner's with this key is run while this one is alive. Not empty. At most 128 characters.
   * Written by the client, at creation.
   */
  dedupeKey?: string | null;
  /**
   * Not before this time: the owner's wish, or the wait after an attempt that failed. Written by the client, at
   * creation.
   */
  runAfter?: Timestamp | null;
  /** `1` where it is left out. Written by the client, at creation. */
  schemaVersion?: 1;
  /**
   * Percent; never falls within an attempt, and is 100 only when completed. At most 100. `0` at creation. Written
   * by the client, at creation.
   */
  progress?: number;
  stage?: string | null;
  /** How long the attempt will still take, as far as its progress tells. */
  etaSeconds?: number | null;
  output?: BatchOutput | JobOutput | null;
  /** A sentence for the owner. */
  error?: string | null;
  /** A stable kebab-case code, from `stoker.errors`. */
  errorCode?: string | null;
  /** How many attempts have begun. `0` where it is left out. */
  attempt?: number;
  /** At least 1. At most 20. */
  maxAttempts?: number | null;
  /** What became of the last of them. `[]` where it is left out. */
  attempts?: Attempt[];
  /** How long the attempts so far took together, in seconds. `0` where it is left out. */
  workSeconds?: number;
  lease?: StoredLease | null;
  /** The token of the attempt that has written last of all, or handed the job on. */
  endedBy?: string | null;
  /** The batch job that made this one. Matches `^[A-Za-z0-9_-]{1,128}$`. */
  parentId?: string | null;
  /** How many jobs this one has made and waits for. At least 1. */
  children?: number | null;
  /**
   * How far the work is, in the worker's own terms: where the next attempt goes on. `{}` where it is left out.
   */
  checkpoint?: Record<string, unknown>;
  /**
   * `due` if the end hook of the type must run after the job's end; then the hook's result. A deletion has
   * `account-gone`, `account-unlocked`, `account-locked` if somebody else had locked the account, or
   * `account-made-again` if the uid has a new account by then.
   */
  endHook?: string | null;
  /**
   * Whether the job deletes all that is left of an owner without an account. The job touches no account, because
   * any account of that uid is a new account. `false` where it is left out.
   */
  ownerIsGone?: boolean;
  startedAt?: Timestamp | null;
  /** Written by the client, with each write, with the server's time. */
  updatedAt?: Timestamp | null;
  completedAt?: Timestamp | null;
  expiresAt?: Timestamp | null;
}

/** Something that happened. */
export interface AnalyticsEvent {
  /** Repeats the document's id. Matches `^[A-Za-z0-9_-]{1,128}$`. Written by the client, at creation. */
  id: string;
  /**
   * To whom. Not empty. At most 128 characters. Matches `^[^/\x00-\x1f\x7f]+$`. Written by the client, at
   * creation.
   */
  userId: string;
  /**
   * What. The names of the events that functions record are refused. Matches `^[a-z][a-z0-9_.-]{0,63}$`. Written
   * by the client, at creation.
   */
  name: string;
  /**
   * What else is to be known of it: at most 20 fields. At most 20 fields. `{}` where it is left out. Written by
   * the client, at creation.
   */
  properties?: Record<string, string | boolean | number | null>;
  /**
   * A figure that is added up, where there is one. At least -1000000000000.0. At most 1,000,000,000,000.0. Written
   * by the client, at creation.
   */
  value?: number | null;
  /**
   * When, by the client's clock. It is counted if it is written within 72 hours. Written by the client, at
   * creation.
   */
  occurredAt: Timestamp;
  /**
   * When the client sends it, by the same clock: the server corrects `occurred_at` by it. Left out if the write
   * may wait offline. Written by the client, at creation.
   */
  sentAt?: Timestamp | null;
  /** The server's time. Written by the client, at creation, with the server's time. */
  createdAt: Timestamp;
  /**
   * Whether the aggregates have it; what has no such field is never found. `false` at creation. Written by the
   * client, at creation.
   */
  rolledUp: boolean;
  /** Why it was not counted, where it could not be. */
  skipped?: string | null;
  /** When Firestore may delete it; set once it is rolled up. */
  expiresAt?: Timestamp | null;
  /** `1` where it is left out. Written by the client, at creation. */
  schemaVersion?: 1;
}

/** What happened under one name in one hour, day or month, in UTC. */
export interface AnalyticsAggregate {
  granularity: 'hour' | 'day' | 'month';
  /** `2026-11-22T07`, `2026-11-22` or `2026-11`. */
  bucket: string;
  /** Of the events, or `all`. Matches `^[a-z][a-z0-9_.-]{0,63}$`. */
  name: string;
  /** Events. `0` where it is left out. */
  count?: number;
  /** Of their values. `all` has none, because each name may have a unit of its own. */
  sum?: number | null;
  /** The least value; missing where no event has a value, and for `all`. So is `max`. */
  min?: number | null;
  max?: number | null;
  /**
   * How many different users; exact while they are few. For `all`, those who were active: users with an event that
   * a client has recorded. `0` where it is left out.
   */
  uniqueUsers?: number;
  updatedAt: Timestamp;
  /** `1` where it is left out. */
  schemaVersion?: 1;
}

/** Limits of users who have just signed up, because many accounts are made as easily as one. */
export interface NewUserLimits {
  /** How long a user counts as new. At least 1. `24` where it is left out. */
  hours?: number;
  /** Jobs that run at the same time. At least 1. `3` where it is left out. */
  atOnce?: number | null;
  /** Jobs that begin on one day, in UTC. At least 1. `100` where it is left out. */
  aDay?: number | null;
  /**
   * Minutes that the user's jobs may be worked on in one day, in UTC. At least 1. `60` where it is left out.
   */
  workMinutesADay?: number | null;
}

/** What one user may ask for. A field that is left out has its default, and null lifts the limit. */
export interface UserLimits {
  /** Jobs that run at the same time. A job beyond it waits. At least 1. `10` where it is left out. */
  atOnce?: number | null;
  /** Jobs that begin on one day, in UTC. A job beyond it waits. At least 1. `1000` where it is left out. */
  aDay?: number | null;
  /**
   * Minutes that the user's jobs may be worked on in one day, in UTC. A job beyond it waits. At least 1. `1440`
   * where it is left out.
   */
  workMinutesADay?: number | null;
  /**
   * Minutes of film and speech that the user's jobs may have worked on in one day, in UTC. A job beyond it waits.
   * At least 1. `1440` where it is left out.
   */
  mediaMinutesADay?: number | null;
  /**
   * GiB of files that the user's jobs may have made in one day, in UTC. A job beyond it waits. At least 1. `100`
   * where it is left out.
   */
  outputGibADay?: number | null;
  /**
   * Records that one import may have, those that are no tasks included. An import beyond it fails. At least 1.
   * `200000` where it is left out.
   */
  importRecords?: number | null;
  /** Jobs that one batch may make. A batch beyond it fails. At least 1. `100` where it is left out. */
  batchJobs?: number | null;
  /**
   * GiB that the user may store. Above it, a job that makes files fails. At least 1. `100` where it is left out.
   */
  storageGib?: number | null;
  /** Lower limits for a time after the sign-up. */
  newUsers?: NewUserLimits | null;
}

/**
 * What all users together may ask for. Beyond it, no job begins before the next day. Null lifts a limit.
 */
export interface ProjectLimits {
  /** Jobs that end on one day, in UTC. At least 1. `100000` where it is left out. */
  jobsADay?: number | null;
  /** Hours that these jobs were worked on. At least 1. `480` where it is left out. */
  workHoursADay?: number | null;
}

/** The document; without it, nothing is paused and everyone has the default limits. */
export interface JobSettings {
  /** Types of which no job begins; those that run go on. `[]` where it is left out. */
  paused?: ('video-processing' | 'audio-generation' | 'batch-operation')[];
  /** For every user; null lifts all of them. */
  userLimits?: UserLimits | null;
  /** For all users together; null lifts all of them. */
  projectLimits?: ProjectLimits | null;
  /** No job of any type begins before this time. The server writes it at a limit of the project. */
  stoppedUntil?: Timestamp | null;
  /** `1` where it is left out. */
  schemaVersion?: 1;
}

/** The document `adminData/signUps`; without it, everyone may sign up. */
export interface SignUpSettings {
  /**
   * Of e-mail addresses that nobody may sign up with, and with none of their subdomains. At most 1000 items. `[]`
   * where it is left out.
   */
  blockedDomains?: string[];
  /** Whether to refuse the domains of mailboxes that are thrown away too. `false` where it is left out. */
  refuseDisposable?: boolean;
  /** `1` where it is left out. */
  schemaVersion?: 1;
}

/** The part of the source that all outputs are made of, exact to the frame. */
export interface Trim {
  /** Seconds of the source; the frames from this time on. At most 86,400. `0` where it is left out. */
  start?: number;
  /**
   * Seconds of the source; the frames before this time. The source's own end where it is left out. At most 86,400.
   */
  end?: number | null;
}

/** A picture that is laid over the film, as large as a fifth of it at most. */
export interface Watermark {
  /**
   * A PNG, JPEG or WebP; whose it must be is as with the source of the film. Not empty. At most 1,024 characters.
   */
  source: string;
  /** Where. `"bottom-right"` where it is left out. */
  position?: 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | 'center';
  /** From 0, which is not seen, to 1, which hides what is under it. At most 1. `1` where it is left out. */
  opacity?: number;
}

/** The sound to take of a film that has several. */
export interface AudioChoice {
  /**
   * As BCP 47 or ISO 639-2 has it, such as `de`, `pt-BR` or `ger`. The file's default sound is taken where none is
   * marked with it. Matches `^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$`.
   */
  language: string;
}

/** What is said in the film, in writing. */
export interface Captions {
  /** `source` for subtitles inside the film. Then there is no `source` here. */
  from?: 'source' | null;
  /**
   * A BCP 47 tag. With `source`, the language of that file, which players show; with `from`, the track to take,
   * and the default track where it is left out. Matches `^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,4}$`.
   */
  language?: string | null;
  /**
   * A WebVTT or SubRip file; whose it must be is as with the source of the film. Its times are those of the
   * source. Not empty. At most 1,024 characters.
   */
  source?: string | null;
  /** Whether it becomes part of the picture, too. `false` where it is left out. */
  burnIn?: boolean;
}

/** H.264 and AAC in an MP4 that starts to play before it is loaded. */
export interface Mp4Output {
  /**
   * Pixels from top to bottom. The width follows from the shape of the source. At least 16. At most 4,320.
   */
  height?: number | null;
  /**
   * Pixels of the short side, which is the width of an upright picture. 720 where both are left out. At least 16.
   * At most 4,320.
   */
  resolution?: number | null;
  kind: 'mp4';
  /** What a viewer gets for the bytes: `low`, `medium` or `high`. `"medium"` where it is left out. */
  quality?: 'low' | 'medium' | 'high';
}

/** VP9 and Opus in WebM: free of patents, and played by every browser. */
export interface WebmOutput {
  /**
   * Pixels from top to bottom. The width follows from the shape of the source. At least 16. At most 4,320.
   */
  height?: number | null;
  /**
   * Pixels of the short side, which is the width of an upright picture. 720 where both are left out. At least 16.
   * At most 4,320.
   */
  resolution?: number | null;
  kind: 'webm';
}

/** AV1 and AAC in an MP4: the smallest file, for players that know AV1. */
export interface Av1Output {
  /**
   * Pixels from top to bottom. The width follows from the shape of the source. At least 16. At most 4,320.
   */
  height?: number | null;
  /**
   * Pixels of the short side, which is the width of an upright picture. 720 where both are left out. At least 16.
   * At most 4,320.
   */
  resolution?: number | null;
  kind: 'av1';
}

/**
 * HTTP Live Streaming: the same film in several sizes, between which a player changes as the network allows. Of
 * a source without a picture, the sound alone.
 */
export interface HlsOutput {
  kind: 'hls';
  /**
   * Pixels of each size, from top to bottom. Sizes beyond the source's own become one of its own size. At most 6
   * items.
   */
  heights?: number[] | null;
  /** Pixels of the short side of each size. `[1080, 720, 480]` where both are left out. At most 6 items. */
  resolutions?: number[] | null;
}

/** A still picture, as JPEG. */
export interface PosterOutput {
  kind: 'poster';
  /** Seconds from the start. Where it is left out, a frame with detail is chosen. At most 86,400. */
  at?: number | null;
  /**
   * Pixels; the height follows from the source's shape. At least 16. At most 7,680. `1280` where it is left out.
   */
  width?: number;
}

/**
 * Small pictures of the film side by side, and a WebVTT that says which of them belongs to which time.
 */
export interface SpriteOutput {
  kind: 'sprite';
  /**
   * Seconds from one picture to the next; more where the film would need over 3,000 of them. At least 1. At most
   * 600. `5` where it is left out.
   */
  interval?: number;
  /**
   * Pixels of each; the height follows from the source's shape. At least 16. At most 640. `160` where it is left
   * out.
   */
  width?: number;
}

/** A short moving picture without sound, of 320 pixels in width, which plays over and over. */
export interface PreviewOutput {
  kind: 'preview';
  /** `webp` is smaller, `gif` is shown everywhere. `"webp"` where it is left out. */
  format?: 'webp' | 'gif';
  /** How long it plays. At least 0.5. At most 10. `3` where it is left out. */
  seconds?: number;
}

/** The sound alone, in stereo. */
export interface AudioOutput {
  kind: 'audio';
  /** `mp3`, `ogg` (Opus), `m4a` (AAC) or `wav` (16 bits). `"mp3"` where it is left out. */
  format?: 'mp3' | 'ogg' | 'm4a' | 'wav';
}

/** The loudness of the sound over time: peaks as JSON, and drawn as PNG. */
export interface WaveformOutput {
  kind: 'waveform';
}

/** What to make of which file. */
export interface VideoInput {
  /**
   * An object under the owner's `user-uploads/{userId}/` or `job-outputs/{userId}/`, or under `public/`. Not
   * empty. At most 1,024 characters.
   */
  source: string;
  /** The part that is wanted; all of it where it is left out. */
  trim?: Trim | null;
  /** Laid over every picture. */
  watermark?: Watermark | null;
  /** Which sound to take; the file's default one where it is left out. */
  audio?: AudioChoice | null;
  /** Given back beside the film, and named by its playlists. */
  captions?: Captions | null;
  /**
   * Of the sound of every output, in LUFS, integrated; the source's own where it is left out. At least -31. At
   * most -9.
   */
  loudness?: number | null;
  /**
   * At most ten; an MP4 of a resolution of 720 and a poster where it is left out. At most 10 items. `[{"kind":
   * "mp4", "quality": "medium"}, {"kind": "poster", "width": 1280}]` where it is left out.
   */
  outputs?: (Mp4Output | WebmOutput | Av1Output | HlsOutput | PosterOutput | SpriteOutput | PreviewOutput | AudioOutput | WaveformOutput)[];
}

/** What to speak, and how. */
export interface AudioInput {
  /**
   * Plain text; whatever looks like markup is spoken as it stands. A blank line ends a paragraph. Not empty. At
   * most 100,000 characters.
   */
  text: string;
  /**
   * `join` reads a new line as a space. With `keep`, each line ends as a sentence does, as in poems. `"join"`
   * where it is left out.
   */
  lines?: 'join' | 'keep';
  /**
   * True if the text is Markdown: headings, items and rows end as sentences do, and no mark is spoken. `false`
   * where it is left out.
   */
  markdown?: boolean;
  /**
   * A BCP 47 tag, such as `en-US` or `de`, also in older forms (`iw`, `de_DE`); the voice's own where it is left
   * out, or else `en-US`. Matches `^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8}){0,4}$`.
   */
  language?: string | null;
  /**
   * A voice of the engine that speaks, such as `en-US-Neural2-C`, or `en-gb` for the embedded one. Not empty. At
   * most 100 characters.
   */
  voice?: string | null;
  /** Times the voice's own. At least 0.25. At most 4. `1.0` where it is left out. */
  speed?: number;
  /** Semitones above the voice's own. At least -20. At most 20. `0.0` where it is left out. */
  pitch?: number;
  /** MP3, Opus in Ogg, AAC in MP4, or 16-bit PCM. `"mp3"` where it is left out. */
  format?: 'mp3' | 'ogg' | 'm4a' | 'wav';
  /**
   * Integrated, in LUFS, as a listener hears it who has two loudspeakers. At least -31. At most -9. `-16.0` where
   * it is left out.
   */
  loudness?: number;
  /** Whether to make captions (WebVTT) and word timings (JSON). `true` where it is left out. */
  captions?: boolean;
}

/** A job that a batch makes. No batch: what one makes must have an end. */
export interface ChildInput {
  /** Which worker runs it. */
  type: 'video-processing' | 'audio-generation';
  /** By type; checked when the job arrives, as any job's. */
  input: Record<string, unknown>;
}

/** Makes jobs, which run as any other, and waits for their ends. */
export interface RunJobs {
  operation: 'run-jobs';
  /** 1 to 100 of them. At most 100 items. */
  jobs: ChildInput[];
}

/** Which of the owner's tasks: those of which all of this is true. */
export interface TaskFilter {
  status?: 'todo' | 'in-progress' | 'completed' | 'cancelled' | null;
  priority?: 'urgent' | 'high' | 'medium' | 'low' | null;
  /** Not empty. At most 100 characters. */
  category?: string | null;
  /** Matches `^[A-Za-z0-9_-]{1,128}$`. */
  projectId?: string | null;
  /** One of the task's tags. Matches `^[^\n]{1,50}$`. */
  tag?: string | null;
}

/** What to write into each task. A `dueDate` or a `projectId` of null removes it. */
export interface TaskChange {
  status?: 'todo' | 'in-progress' | 'completed' | 'cancelled' | null;
  priority?: 'urgent' | 'high' | 'medium' | 'low' | null;
  /** Not empty. At most 100 characters. */
  category?: string | null;
  /** At most 50 items. */
  tags?: string[] | null;
  dueDate?: Timestamp | null;
  /** One of the owner's own projects. Matches `^[A-Za-z0-9_-]{1,128}$`. */
  projectId?: string | null;
}

/** Writes the same change into all of the owner's tasks that a filter finds. */
export interface UpdateTasks {
  operation: 'update-tasks';
  where: TaskFilter;
  set: TaskChange;
}

/** Which of the owner's tasks to delete. */
export interface DeletionFilter {
  status?: 'todo' | 'in-progress' | 'completed' | 'cancelled' | null;
  priority?: 'urgent' | 'high' | 'medium' | 'low' | null;
  /** Not empty. At most 100 characters. */
  category?: string | null;
  /** Matches `^[A-Za-z0-9_-]{1,128}$`. */
  projectId?: string | null;
  /** One of the task's tags. Matches `^[^\n]{1,50}$`. */
  tag?: string | null;
  /** Every one. Said in so many words, lest an empty filter do it. */
  all?: true | null;
}

/** Deletes all of the owner's tasks that a filter finds. */
export interface DeleteTasks {
  operation: 'delete-tasks';
  where: DeletionFilter;
}

/** Makes tasks of the records of a file. */
export interface ImportTasks {
  operation: 'import-tasks';
  /**
   * NDJSON, a JSON list or CSV under the owner's `user-uploads/{userId}/` or `job-outputs/{userId}/`, or under
   * `public/`. Not empty. At most 1,024 characters.
   */
  source: string;
  /** The encoding of the file. Most programs write UTF-8. `"utf-8"` where it is left out. */
  encoding?: 'utf-8' | 'windows-1252';
  /**
   * The form of the due dates. With `excel`, a number is the serial number of a day in a spreadsheet. `"iso"`
   * where it is left out.
   */
  dates?: 'iso' | 'excel';
  /** The time zone of due dates that name no offset, such as `Europe/Berlin`. At most 64 characters. */
  timeZone?: string | null;
}

/** Puts all that there is of the owner into ZIP files. */
export interface ExportUserData {
  operation: 'export-user-data';
}

/** Deletes all that there is of the owner, and the account. */
export interface DeleteUserData {
  operation: 'delete-user-data';
}

/** What a job works on, by its type. */
export type JobInput = AudioInput | DeleteTasks | DeleteUserData | ExportUserData | ImportTasks | RunJobs | UpdateTasks | VideoInput;
