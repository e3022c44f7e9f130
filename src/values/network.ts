// The canonical form of an IP address, whatever its spelling: upper case, zeros left out or written, an IPv4 address in IPv6
// notation, a zone, brackets or a port.
const OCTET = /^(0|[1-9]\d{0,2})$/;
const GROUP = /^[\da-f]{1,4}$/;

/** The four numbers of an IPv4 address, or null. */
function octetsOf(text: string): number[] | null {
  const parts = text.split(".");
  const isAddress = parts.length === 4 && parts.every((part) => OCTET.test(part) && Number(part) < 256);
  return isAddress ? parts.map(Number) : null;
}

/** The 16-bit groups of a piece of an IPv6 address, which at the end of the address may end with an IPv4 address; null if it is none. */
function groupsOf(text: string, isEnd: boolean): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const last = isEnd ? octetsOf(parts.at(-1) ?? "") : null;
  const hex = last ? parts.slice(0, -1) : parts;
  if (!hex.every((part) => GROUP.test(part))) return null;
  const [a = 0, b = 0, c = 0, d = 0] = last ?? [];
  return [...hex.map((part) => Number.parseInt(part, 16)), ...(last ? [a * 256 + b, c * 256 + d] : [])];
}

/** The eight groups of an IPv6 address, or null. */
function addressGroups(text: string): number[] | null {
  const pieces = text.split("::");
  const [head, tail] = [groupsOf(pieces[0] ?? "", pieces.length === 1), groupsOf(pieces[1] ?? "", true)];
  if (!head || !tail || pieces.length > 2) return null;
  const missing = 8 - head.length - tail.length;
  if (pieces.length === 1) return missing === 0 ? head : null;
  return missing > 0 ? [...head, ...Array.from({ length: missing }, () => 0), ...tail] : null;
}

// Without a port and brackets, and without a zone, which has a meaning only on the machine that wrote it.
const bareAddress = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\](:\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1")
    .replace(/%.*$/, "");

/**
 * The network by which an address is counted: the IPv4 address itself, or the /64 of an IPv6 address, which one client controls.
 * All spellings of an address have one network; what is no address is its network itself.
 */
export function networkOf(address: string): string {
  const bare = bareAddress(address);
  const groups = octetsOf(bare) ? null : addressGroups(bare);
  if (!groups) return bare;
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":");
}

/** The bits of an address, an IPv4 address as 32 and an IPv6 address as 128 characters of 0 and 1; null if it is none. */
function bitsOf(address: string): string | null {
  const bare = bareAddress(address);
  const octets = octetsOf(bare);
  if (octets) return octets.map((octet) => octet.toString(2).padStart(8, "0")).join("");
  const bits = addressGroups(bare)
    ?.map((group) => group.toString(2).padStart(16, "0"))
    .join("");
  if (bits === undefined) return null;
  return bits.startsWith(MAPPED) ? bits.slice(MAPPED.length) : bits;
}

// An IPv4 address in IPv6 notation begins with this.
const MAPPED = "0".repeat(80) + "1".repeat(16);

/** The bits of a network in CIDR notation, such as 192.0.2.0/24, or of one address; null if it is none. */
function prefixOf(network: string): string | null {
  const [address = "", length, ...more] = network.split("/");
  const bits = bitsOf(address);
  if (bits === null || more.length > 0) return null;
  if (length === undefined) return bits;
  return /^\d{1,3}$/.test(length) && Number(length) <= bits.length ? bits.slice(0, Number(length)) : null;
}

/** Whether a text is an address or a network in CIDR notation. An IPv4 network has IPv4 notation. */
export const isNetwork = (text: string): boolean => prefixOf(text) !== null;

/** Whether an address is in a network; a network of one version has no addresses of the other. */
export function isInNetwork(address: string, network: string): boolean {
  const [bits, prefix] = [bitsOf(address), prefixOf(network)];
  const isSameVersion = bits?.length === bitsOf(network.replace(/\/.*$/, ""))?.length;
  return bits !== null && prefix !== null && isSameVersion && bits.startsWith(prefix);
}
