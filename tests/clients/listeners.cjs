// Reads documents that do not exist, and listens to documents that come and go, as apps do. Run by
// test_missing_documents.py; the environment has the addresses of the emulators. Prints the results as JSON.

const { randomUUID } = require('node:crypto');
const { initializeApp } = require('firebase/app');
const {
  connectAuthEmulator, createUserWithEmailAndPassword, inMemoryPersistence, initializeAuth, signInWithEmailAndPassword,
} = require('firebase/auth');
const {
  connectFirestoreEmulator, deleteDoc, doc, getDoc, getFirestore, onSnapshot, serverTimestamp, setDoc,
} = require('firebase/firestore');
const { connectFunctionsEmulator, getFunctions, httpsCallable } = require('firebase/functions');

/** An app on a device. It is not signed in yet. */
function device(name) {
  const app = initializeApp({ apiKey: 'any', projectId: process.env.GCLOUD_PROJECT }, name);
  const auth = initializeAuth(app, { persistence: inMemoryPersistence });
  connectAuthEmulator(auth, `http://${process.env.FIREBASE_AUTH_EMULATOR_HOST}`, { disableWarnings: true });
  const db = getFirestore(app);
  connectFirestoreEmulator(db, ...address('FIRESTORE_EMULATOR_HOST'));
  const functions = getFunctions(app);
  connectFunctionsEmulator(functions, ...address('STOKER_FUNCTIONS_EMULATOR'));
  return { auth, db, functions };
}

function address(variable) {
  const [host, port] = process.env[variable].split(':');
  return [host, Number(port)];
}

/** Read a document; return its status, 'missing' or the code of the error. */
async function read({ db }, path) {
  return getDoc(doc(db, path)).then(shown, (error) => error.code);
}

function shown(snapshot) {
  return snapshot.exists() ? snapshot.data().status : 'missing';
}

/**
 * Listen to a document. `reports` has all that the listener reports. `until` waits for a report, and fails if the listener
 * ends with another error.
 */
function listen({ db }, path) {
  const reports = [];
  let hasEnded = false;
  let wake = () => undefined;
  const add = (report) => {
    if (reports.at(-1) !== report) reports.push(report);
    wake();
  };
  const end = (error) => {
    hasEnded = true;
    add(error.code);
  };
  onSnapshot(doc(db, path), (snapshot) => add(shown(snapshot)), end);
  const until = async (report) => {
    while (reports.at(-1) !== report) {
      if (hasEnded) throw new Error(`The listener of ${path} has ended: ${reports.join(', ')}`);
      await new Promise((resolve) => { wake = resolve; });
    }
  };
  return { reports, until };
}

async function main() {
  const [phone, tablet, bobs, guests] = ['phone', 'tablet', 'bobs', 'guests'].map(device);
  const email = `${randomUUID()}@example.com`;
  const { user } = await createUserWithEmailAndPassword(phone.auth, email, 'correct-horse');
  await signInWithEmailAndPassword(tablet.auth, email, 'correct-horse');
  await createUserWithEmailAndPassword(bobs.auth, `${randomUUID()}@example.com`, 'correct-horse');

  const missing = {};
  for (const collection of ['processingJobs', 'projects', 'tasks', 'users']) {
    const path = `${collection}/${randomUUID()}`;
    missing[collection] = [await read(phone, path), await read(guests, path)];
  }

  // A job that ends at once, because its source is no file of the user's. Its owner deletes it.
  const id = randomUUID();
  const input = { source: 'elsewhere/cat.mov' };
  const job = { id, userId: user.uid, type: 'video-processing', input, status: 'pending', createdAt: serverTimestamp() };
  await setDoc(doc(tablet.db, `processingJobs/${id}`), job);
  const ofJob = listen(phone, `processingJobs/${id}`);
  await ofJob.until('failed');
  await httpsCallable(tablet.functions, 'deleteJob')({ jobId: id });
  await ofJob.until('missing');

  // A task that is written, deleted and written again on another device.
  const task = { id: randomUUID(), userId: user.uid, title: 'Water', status: 'todo' };
  const path = `tasks/${task.id}`;
  const ofTask = listen(phone, path);
  const ofStranger = listen(bobs, path);
  await Promise.all([ofTask.until('missing'), ofStranger.until('missing')]);
  const place = doc(tablet.db, path);
  const times = { createdAt: serverTimestamp(), updatedAt: serverTimestamp() };
  await setDoc(place, { ...task, ...times });
  await Promise.all([ofTask.until('todo'), ofStranger.until('permission-denied')]);
  const existing = await read(bobs, path);
  await deleteDoc(place);
  await ofTask.until('missing');
  await setDoc(place, { ...task, ...times });
  await ofTask.until('todo');

  const stranger = [...ofStranger.reports, existing];
  console.log(JSON.stringify({ missing, job: ofJob.reports.slice(-2), task: ofTask.reports, stranger }));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
