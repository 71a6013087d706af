// A web app, as far as Stoker sees one: what it reads and writes has the generated types and passes the generated rules.
// Run by test_typescript.py, which says in the environment where the emulators are. Each line that it prints is a fact.

import { deleteApp, initializeApp } from 'firebase/app';
import { connectAuthEmulator, createUserWithEmailAndPassword, initializeAuth, inMemoryPersistence } from 'firebase/auth';
import {
  collection,
  connectFirestoreEmulator,
  doc,
  FirestoreError,
  getDoc,
  getDocs,
  getFirestore,
  limit,
  onSnapshot,
  query,
  serverTimestamp,
  setDoc,
  terminate,
  Timestamp,
  updateDoc,
  where,
} from 'firebase/firestore';
import {
  analyticsEventConverter,
  analyticsEventDefaults,
  processingJobConverter,
  processingJobDefaults,
  projectConverter,
  taskConverter,
  taskDefaults,
} from '../../clients/typescript/converters';
import { EventQueue, type SendResult } from '../../clients/typescript/events';
import type { NewAnalyticsEvent, NewProcessingJob, NewProject, NewTask, ProcessingJob, Task } from '../../clients/typescript/stoker';

declare const process: { env: Record<string, string>; exit(code: number): never };

async function refused(write: Promise<void>): Promise<string> {
  try {
    await write;
    return 'allowed';
  } catch (error) {
    return (error as FirestoreError).code;
  }
}

async function main(): Promise<void> {
  const app = initializeApp({ apiKey: 'any', projectId: process.env['GCLOUD_PROJECT'] ?? '' });
  const auth = initializeAuth(app, { persistence: inMemoryPersistence });
  connectAuthEmulator(auth, `http://${process.env['FIREBASE_AUTH_EMULATOR_HOST']}`, { disableWarnings: true });
  const db = getFirestore(app);
  const [host = '', port = ''] = (process.env['FIRESTORE_EMULATOR_HOST'] ?? '').split(':');
  connectFirestoreEmulator(db, host, Number(port));

  const email = `${Math.random().toString(36).slice(2)}@example.com`;
  const { user } = await createUserWithEmailAndPassword(auth, email, 'correct-horse');

  // A job: written with the fields that the rules ask for, and followed live to its end. Its source is no file of the
  // user's, and so it ends at once.
  const jobs = collection(db, 'processingJobs').withConverter(processingJobConverter);
  const job = doc(jobs);
  const fresh: NewProcessingJob = {
    id: job.id,
    userId: user.uid,
    type: 'video-processing',
    input: { source: 'elsewhere/cat.mov' },
    status: 'pending',
    createdAt: serverTimestamp(),
  };
  await setDoc(job, { ...processingJobDefaults, ...fresh });
  const ended = await new Promise<ProcessingJob>((resolve, reject) => {
    const stop = onSnapshot(
      job,
      (snapshot) => {
        const data = snapshot.data();
        if (data && data.status !== 'pending' && data.status !== 'processing') {
          stop();
          resolve(data);
        }
      },
      reject,
    );
  });
  console.log(`job: ${ended.status}, ${ended.errorCode}`);

  // What the rules refuse.
  const bad = doc(collection(db, 'processingJobs'));
  const forged = { id: bad.id, userId: user.uid, type: 'video-processing', input: {}, status: 'completed' };
  console.log(`forged: ${await refused(setDoc(bad, { ...forged, createdAt: serverTimestamp() }))}`);

  // Tasks: the defaults are there when a document is read that leaves them out.
  const project = doc(collection(db, 'projects').withConverter(projectConverter));
  const times = { createdAt: serverTimestamp(), updatedAt: serverTimestamp() };
  const house: NewProject = { id: project.id, userId: user.uid, name: 'House', ...times };
  await setDoc(project, { schemaVersion: 1, ...house });
  const tasks = collection(db, 'tasks').withConverter(taskConverter);
  const task = doc(tasks);
  const least = { id: task.id, userId: user.uid, title: 'Paint the door', projectId: project.id };
  await setDoc(task, { ...taskDefaults, ...least, ...times });
  await updateDoc(task, { status: 'completed', updatedAt: serverTimestamp() });
  const bare = doc(collection(db, 'tasks'));
  await setDoc(bare, { id: bare.id, userId: user.uid, title: 'Bare', ...times } satisfies NewTask);
  const read = (await getDoc(bare.withConverter(taskConverter))).data();
  console.log(`defaults: ${read?.priority}, ${read?.status}, ${read?.tags.length}`);
  const own = await getDocs(query(tasks, where('userId', '==', user.uid), limit(20)));
  console.log(`own: ${own.docs.map((found) => found.data().status).sort().join(' ')}`);
  console.log(`skip: ${await refused(updateDoc(task, { status: 'cancelled', updatedAt: serverTimestamp() }))}`);

  // An event: with its defaults, it has all that the rules ask for.
  const event = doc(collection(db, 'analyticsEvents').withConverter(analyticsEventConverter));
  const now = { occurredAt: Timestamp.now(), createdAt: serverTimestamp() };
  const played = { ...analyticsEventDefaults, id: event.id, userId: user.uid, name: 'video.played', ...now };
  console.log(`event: ${await refused(setDoc(event, played satisfies NewAnalyticsEvent))}`);

  // Events of the queue: they wait while nobody answers, and one that is refused holds up no other. The clock is 6 minutes fast.
  const nowhere = initializeApp({ apiKey: 'any', projectId: process.env['GCLOUD_PROJECT'] ?? '' }, 'nowhere');
  const offline = getFirestore(nowhere);
  connectFirestoreEmulator(offline, host, 1);
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  const rightNow = Date.now;
  Date.now = () => rightNow() + 6 * 60_000;
  const recording = new EventQueue(offline, auth, storage);
  for (const name of ['app.opened', 'job.completed', 'app.closed']) recording.record(name, { value: 1 });
  console.log(`offline: ${sentence(await recording.send())}`);
  const queue = new EventQueue(db, auth, storage);
  const [one, another] = await Promise.all([queue.send(), queue.send()]);
  Date.now = rightNow;
  console.log(`online: ${sentence(one)}, ${one === another ? 'once' : 'twice'}`);
  console.log(`user: ${user.uid}`);

  await terminate(offline);
  await terminate(db);
  await deleteApp(nowhere);
  await deleteApp(app);
}

function sentence({ sent, refused, waiting }: SendResult): string {
  return `${sent} sent, ${refused.map((event) => event.name).join(' ') || 'nothing'} refused, ${waiting} waiting`;
}

// What the types refuse; compiled, and never called.
export function mistakes(): unknown[] {
  const time = null as never;
  const task: Task = { id: 'a', userId: 'b', title: 'c', createdAt: time, updatedAt: time };
  // @ts-expect-error: there is no such status
  const wrongStatus: Task = { ...task, status: 'done' };
  // @ts-expect-error: there is no such field
  const ghost: Task = { ...task, ghost: 1 };
  // @ts-expect-error: it must have a title
  const untitled: Task = { id: 'a', userId: 'b', createdAt: time, updatedAt: time };
  const job: NewProcessingJob = {
    id: 'a',
    userId: 'b',
    type: 'video-processing',
    input: { source: 'c' },
    status: 'pending',
    createdAt: serverTimestamp(),
  };
  // @ts-expect-error: a new job is pending
  const ended: NewProcessingJob = { ...job, status: 'completed' };
  // @ts-expect-error: only the server writes the number of attempts
  const tried: NewProcessingJob = { ...job, attempt: 1 };
  // @ts-expect-error: the time of the creation is the server's
  const dated: NewProcessingJob = { ...job, createdAt: new Date() };
  const named = { id: 'a', userId: 'b', name: 'c', occurredAt: Timestamp.now(), createdAt: serverTimestamp() };
  // @ts-expect-error: the roll-up would not find it
  const uncounted: NewAnalyticsEvent = named;
  return [wrongStatus, ghost, untitled, ended, tried, dated, uncounted];
}

main().catch((error: unknown) => {
  console.log(String(error));
  process.exit(1);
});
