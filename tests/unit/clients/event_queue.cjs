// Drives the queue of events.ts against a Firestore that answers as a test wants. Run by test_event_queue.py:
//
//     node event_queue.cjs NODE_MODULES EVENTS_TS CASES
//
// It prints a list with the result of each case.

const fs = require('node:fs');
const path = require('node:path');
const [modules, file, cases] = process.argv.slice(2);
const ts = require(path.join(modules, 'typescript'));

const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
const code = ts.transpileModule(fs.readFileSync(file, 'utf8'), { compilerOptions: options }).outputText;

/** The classes of events.ts, with `firebase/firestore` replaced. */
function queueOf(write) {
  let ids = 0;
  const firestore = {
    collection: () => 'analyticsEvents',
    doc: (parent, id) => ({ id: id ?? String((ids += 1)) }),
    serverTimestamp: () => 'now',
    Timestamp: { fromMillis: (milliseconds) => milliseconds, now: () => 0 },
    runTransaction: (db, update) => update({ set: (document, data) => write(data) }),
  };
  const exported = {};
  new Function('exports', 'require', code)(exported, () => firestore);
  return exported.EventQueue;
}

/**
 * @param stored The text that the storage has at first.
 * @param storage The method of the storage that throws, `both`, or `later`: then `setItem` throws after the events wait.
 * @param record The names of the events.
 * @param answers For each name, the code of the error that Firestore answers with.
 * @param leaves The name of the event during whose write the user signs out, and who is signed in then.
 */
async function run({ stored = null, storage = null, record = [], answers = {}, leaves = [] }) {
  const auth = { currentUser: { uid: 'ada' } };
  const written = [];
  const EventQueue = queueOf((data) => {
    if (leaves[0] === data.name) auth.currentUser = leaves[1] ? { uid: leaves[1] } : null;
    if (data.name in answers) throw Object.assign(new Error('No.'), { code: answers[data.name] });
    written.push(data.name);
  });
  let text = stored;
  let broken = storage;
  const at = (method, act) => {
    if (broken === method || broken === 'both') throw new Error('QuotaExceededError');
    return act();
  };
  const kept = {
    getItem: () => at('getItem', () => text),
    setItem: (key, value) => at('setItem', () => void (text = value)),
  };
  const queue = new EventQueue({}, auth, kept);
  const waits = record.map((name) => queue.record(name));
  if (broken === 'later') broken = 'setItem';
  const { sent, refused, waiting } = await queue.send();
  return { waits, written, sent, refused: refused.map((event) => event.name), waiting, left: names(text) };
}

function names(text) {
  try {
    return JSON.parse(text ?? '[]').map((event) => event.name);
  } catch {
    return null;
  }
}

const threw = (error) => ({ threw: String(error) });
Promise.all(JSON.parse(cases).map((one) => run(one).catch(threw))).then((results) => console.log(JSON.stringify(results)));
