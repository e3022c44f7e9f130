/** Sets a key of a map that has at most `size` entries: those that were set first are deleted. */
export function setBounded<Value>(
  map: Map<string, Value>,
  size: number,
  key: string,
  value: NoInfer<Value>,
): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= size) return;
    map.delete(oldest);
  }
}
