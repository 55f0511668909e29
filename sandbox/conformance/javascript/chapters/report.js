// What the sandbox says of it all.
'use strict';

const { equal } = require('../tap.js');

module.exports = [
  ['no request was unknown to the sandbox', async (story) => {
    const listed = await story.control.get('/requests/unknown');
    equal(listed.map((one) => [one.method, one.path]), [], 'unknown requests');
    equal((await story.control.get('/report')).unknown, 0, 'how many');
  }],

  ["no request violated Discord's OpenAPI file", async (story) => {
    const listed = await story.control.get('/requests/violations');
    // What the sandbox refused was wrong on purpose; what it took must be right.
    const taken = listed.filter((one) => one.status !== 400);
    equal(taken.map((one) => [one.method, one.path, one.violations]), [], 'violations in what was not refused');
  }],
];
