// Steps, what they expect, and their outcome as TAP.
'use strict';

const { inspect, isDeepStrictEqual } = require('node:util');

const STEP_MS = 30_000;

/** Something else was seen than what was expected. */
class Unexpected extends Error {}

const show = (value) => inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 600, maxArrayLength: 20 });

/** `seen` is `expected`. */
function equal(seen, expected, what) {
  if (!isDeepStrictEqual(seen, expected)) {
    throw new Unexpected(`${what}: expected ${show(expected)}, saw ${show(seen)}`);
  }
}

/** `holds` is true; `seen` says what was there instead. */
function check(holds, what, seen) {
  if (!holds) throw new Unexpected(`expected ${what}, saw ${show(seen)}`);
}

/** `call` is refused with Discord's `code`; gives the error. */
async function refused(call, code, what) {
  let answer;
  try {
    answer = await call;
  } catch (error) {
    if (error.code === code) return error;
    throw new Unexpected(`${what}: expected the code ${code}, saw ${error.stack}`);
  }
  throw new Unexpected(`${what}: expected the code ${code}, but it was accepted: ${show(answer)}`);
}

/** `promise`, or a failure after so many milliseconds. */
async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Unexpected(`${what} within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const comment = (text) => console.log(String(text).replace(/^/gm, '# '));

/** Runs every step and prints its outcome; says whether all went well. */
async function play(chapters, story) {
  const steps = chapters.flat();
  console.log(`1..${steps.length}`);
  let failed = 0;
  for (const [index, [name, run, vital]] of steps.entries()) {
    try {
      await within(STEP_MS, run(story), 'expected an end');
      console.log(`ok ${index + 1} - ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok ${index + 1} - ${name}`);
      comment(error instanceof Unexpected ? error.message : error.stack);
      if (vital) {
        console.log('Bail out! Nothing after this step can work.');
        return false;
      }
    }
  }
  comment(`${steps.length - failed} of ${steps.length} steps went well`);
  return failed === 0;
}

module.exports = { Unexpected, check, comment, equal, play, refused, within };
