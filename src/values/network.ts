/** The network by which an address is counted: the /64 of an IPv6 address, which one client controls, or the IPv4 address itself. */
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
