/** The length of an interval [start, end]. */
export function length([start, end]) {
  if (end < start) {
    throw new RangeError(`ends before it starts: ${start} to ${end}`);
  }
  return end - start;
}

/** Whether a point is in an interval; both ends are. */
export function contains([start, end], point) {
  return start <= point && point <= end;
}
