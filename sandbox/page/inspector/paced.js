// Work that is asked for often and done seldom: at most once in a while, and never twice at once. No DOM here.

/**
 * Gives a function that has `act` (which gives a promise) called: at once, or `every` milliseconds after it was called
 * last, and after it has ended. Whatever is asked for meanwhile is one more call.
 */
export function paced(act, every, { now = () => performance.now(), later = (act, ms) => setTimeout(act, ms) } = {}) {
  let last = -Infinity;
  let running = false;
  let waiting = false;
  let wanted = false;
  const ask = () => {
    if (running || waiting) {
      wanted = true;
      return;
    }
    const wait = last + every - now();
    if (wait > 0) {
      waiting = true;
      later(() => {
        waiting = false;
        run();
      }, wait);
    } else {
      run();
    }
  };
  const run = async () => {
    running = true;
    wanted = false;
    last = now();
    try {
      await act();
    } finally {
      running = false;
      if (wanted) ask();
    }
  };
  return ask;
}
