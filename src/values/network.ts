/** The network an address is counted under: an IPv6 client controls its whole /64, an IPv4 address stands for itself. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [left = "", right = ""] = address.split("::");
  const head = left.split(":").filter(Boolean);
  const tail = right.split(":").filter(Boolean);
  const zeros = address.includes("::")
    ? Array.from({ length: 8 - head.length - tail.length }, () => "0")
    : [];
  return [...head, ...zeros, ...tail].slice(0, 4).join(":");
}
