// Runs every browser test, or those whose file or name holds one of the given words, and says how many passed.

import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { runTest, startBrowser, startProgram } from './harness.mjs';

// Ending in order also ends the program and the browser that were started.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

const words = process.argv.slice(2);
const wanted = (file, test) => words.length === 0 || words.some((word) => `${file} ${test.name}`.includes(word));
const names = (await readdir(import.meta.dirname ?? new URL('.', import.meta.url))).filter((name) => name.endsWith('.test.mjs'));

let passed = 0;
let failed = 0;
const browser = await startBrowser();
try {
  for (const name of names.sort()) {
    const file = basename(name, '.test.mjs');
    const { default: tests, profile } = await import(new URL(name, import.meta.url));
    const chosen = tests.filter((test) => wanted(file, test));
    if (chosen.length > 0) await runFile(file, chosen, profile);
  }
} finally {
  await browser.close();
}
if (passed + failed === 0) console.log('no browser test was found');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runFile(file, tests, profile) {
  let program;
  try {
    program = await startProgram(profile);
  } catch (error) {
    failed += tests.length;
    console.log(`FAILED  ${file}: ${error.message}`);
    return;
  }
  try {
    for (const test of tests) await runOne(program, file, test);
  } finally {
    await program.stop();
  }
}

async function runOne(program, file, test) {
  const begun = performance.now();
  const time = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  try {
    await runTest(browser, program, test);
    passed += 1;
    console.log(`passed  ${file}: ${test.name} (${time()})`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${file}: ${test.name} (${time()})\n${error.stack}`);
  }
}
