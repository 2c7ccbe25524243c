// What every browser test uses: the program in demo mode on its own data, a fresh page, and checks.
//
// A test file `NAME.test.mjs` has `export default [{ name, run }]`. Each file gets a program of its own; each
// test a new, signed-out page: `run({ page, origin, said, later, open, screenshot, checkAccessible, noHorizontalScroll })`,
// where `said()` is what the program has printed of late, and `later(days)` starts it again on the same data, so many
// days later than it is. A file may also have `export const profile = { name, change }`: the profile to start with,
// and how its files are changed, `change: { 'FILE.toml': (text) => text }`.
// A test also fails when its page reports an error or asks for anything from another address.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 10_000;
const TEST_LIMIT_MS = 60_000;
const CHROMIUM = '/usr/bin/chromium';
const GRAVE = new Set(['serious', 'critical']);

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run \`cargo xtask test --step browser\``);
  return value;
}

const packages = createRequire(join(setting('FOREIGN_NODE_MODULES'), 'from-here.js'));
const { chromium } = packages('playwright-core');
const axe = packages('axe-core');

/** The first line of what the program prints that names its address gives the origin. */
export function originIn(text) {
  return text.match(/https?:\/\/(?:localhost|127\.0\.0\.1):\d+/)?.[0];
}

/** Starts `standing demo` on data of its own; `stop` ends it and removes the data. */
export async function startProgram(profile = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'standing-browser-'));
  const settings = ['--data', join(folder, 'data'), '--profile', await profileFolder(folder, profile)];
  const remove = () => rm(folder, { recursive: true, force: true });
  let running;
  try {
    running = await runDemo([...settings, '--listen', '127.0.0.1:0']);
  } catch (error) {
    await remove();
    throw error;
  }
  const { origin } = running;
  return {
    origin,
    said: () => running.said(),
    later: async (days) => {
      await running.end();
      const same = ['--listen', `127.0.0.1:${new URL(origin).port}`];
      running = await runDemo([...settings, ...same, '--days-later', String(days)]);
    },
    stop: async () => {
      await running.end();
      await remove();
    },
  };
}

/** The folder of a profile: as it is, or a changed copy. */
async function profileFolder(folder, { name = 'gansu', change = {} }) {
  const original = join('profiles', name);
  if (Object.keys(change).length === 0) return original;
  const copy = join(folder, 'profile');
  await cp(original, copy, { recursive: true });
  for (const [file, changed] of Object.entries(change)) {
    const text = await readFile(join(copy, file), 'utf8');
    assert.notEqual(changed(text), text, `${file} is changed`);
    await writeFile(join(copy, file), changed(text));
  }
  return copy;
}

/** A run of the program, once it has printed its address; `end` ends it. */
async function runDemo(settings) {
  const child = spawn(setting('STANDING_PROGRAM'), ['demo', ...settings], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);

  const end = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(late);
    process.removeListener('exit', killWithUs);
  };

  const origin = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said = (said + text).slice(-20_000);
        const found = originIn(said);
        if (found) resolve(found);
      });
    }
  });
  try {
    const early = ended.then((how) => Promise.reject(new Error(how)));
    early.catch(() => {});
    return { origin: await within(START_LIMIT_MS, 'the program printing its address', Promise.race([origin, early])), end, said: () => said };
  } catch (error) {
    await end();
    throw new Error(`standing demo: ${error.message}\n${said}`);
  }
}

/** A browser without sound, network of its own, or memory of earlier runs. */
export async function startBrowser() {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  const args = [...quiet, '--disable-component-update', '--disable-sync'];
  // Chromium refuses its sandbox to the superuser.
  if (process.getuid() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args });
}

/** Runs one test on a fresh page and gives back nothing, or throws what was wrong. */
export async function runTest(browser, { origin, said, later }, test) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1200, height: 900 } });
  const complaints = [];
  const hear = (page) => {
    page.on('pageerror', (error) => complaints.push(`error in the page: ${error.message}`));
    page.on('console', (message) => {
      // A refused form is answered with a status that the browser also writes down; that is no fault.
      const expected = message.text().startsWith('Failed to load resource: the server responded with a status of 4');
      if (message.type() === 'error' && !expected) complaints.push(`the page reports: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      if (protocol.startsWith('http') && asked !== origin) complaints.push(`the page asks ${asked} for something`);
    });
  };
  context.on('page', hear);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const tools = {
      page,
      context,
      origin,
      said,
      later,
      open: (path) => page.goto(origin + path),
      screenshot: (name) => screenshot(page, name),
      checkAccessible: () => checkAccessible(page),
      noHorizontalScroll: (width = 320) => noHorizontalScroll(page, width),
    };
    try {
      await within(TEST_LIMIT_MS, `the test "${test.name}"`, test.run(tools));
    } catch (error) {
      error.stack += `\n    on ${page.url()}: ${await page.locator('h1').first().textContent({ timeout: 500 }).catch(() => 'no heading')}`;
      throw error;
    }
    assert.deepEqual(complaints, [], 'the page must be quiet and keep to its own address');
  } finally {
    await context.close();
  }
}

/** No serious or critical fault of accessibility; names the rules and the places. */
export async function checkAccessible(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const grave = violations.filter(({ impact }) => GRAVE.has(impact));
  const lines = grave.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ target }) => target.join(' ')).join('\n  ')}`);
  assert.equal(grave.length, 0, `${page.url()} is not accessible:\n${lines.join('\n')}`);
}

/** Nothing sticks out sideways on a narrow screen; the page's size is put back afterwards. */
export async function noHorizontalScroll(page, width = 320) {
  const before = page.viewportSize();
  await page.setViewportSize({ width, height: 640 });
  const [needs, wide] = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const outside = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > room + 1);
    const names = outside.slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${[...e.classList].join('.')}`);
    return [document.documentElement.scrollWidth - room, names];
  });
  await page.setViewportSize(before);
  assert.ok(needs <= 0, `${page.url()} is ${needs} px too wide at ${width} px: ${wide.join(', ')}`);
}

/** A picture of the whole page, kept among what is built. */
export async function screenshot(page, name) {
  const folder = setting('STANDING_SCREENSHOTS');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The number of a made-up person of the demonstration, with its check digit (ISO 7064 MOD 11-2). */
export function withCheckDigit(body) {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return body + '10X98765432'[sum % 11];
}

/** Signs in by the page in a language: as `as-person-N`, `as-clerk-N` or `as-reviewer-N`. */
export async function signIn({ page, open }, language, id) {
  await open(`/language/${language}?to=/sign-in`);
  await page.check(`#${id}`);
  await page.locator('main form button').last().click();
  await page.waitForLoadState();
}

/** The page is accessible, fits a phone, and shows as much; with a name it is kept as pictures, wide and narrow. */
export async function inspect(tools, name) {
  const { page } = tools;
  await tools.checkAccessible();
  await tools.noHorizontalScroll();
  assert.equal(await page.locator('h1').count(), 1, page.url());
  if (!name) return;
  const before = page.viewportSize();
  for (const [word, width, height] of [['wide', 1280, 900], ['narrow', 390, 844]]) {
    await page.setViewportSize({ width, height });
    await tools.checkAccessible();
    await tools.noHorizontalScroll(width);
    await tools.screenshot(`${name}-${word}`);
  }
  await page.setViewportSize(before);
}

function within(limit, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
