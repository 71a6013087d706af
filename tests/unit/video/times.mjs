// Prints the times of the pictures of a film as JSON, in seconds, in the order of the file. Run by numbered.py:
//
//     node times.mjs NODE_MODULES FILE
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, file] = process.argv.slice(2);
const { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } =
  createRequire(path.join(modules, 'x.js'))('mediabunny');

const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(file) });
const track = await input.getPrimaryVideoTrack();
const times = [];
for await (const packet of new EncodedPacketSink(track).packets()) {
  times.push(packet.timestamp);
}
console.log(JSON.stringify(times));
