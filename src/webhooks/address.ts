// Which addresses may be told: public ones, by HTTPS. This sees what the URL says: a name that resolves to a private address
// is not seen here, but a Worker's fetch does not reach private networks. The URL parser has already made 0x7f.1,
// 2130706433 and their like into 127.0.0.1, and names into lower case.
import { BlockList, isIPv4, isIPv6 } from "node:net";

const PRIVATE_V4: [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

// Of IPv6 only global unicast is public, and of that not what carries an IPv4 address or is for documents.
const PUBLIC_V6: [string, number] = ["2000::", 3];
const PRIVATE_V6: [string, number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const PRIVATE_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

// Names under these resolve to whatever address they spell, or to this machine.
const SPELT_NAMES =
  /(^|\.)(nip\.io|sslip\.io|xip\.io|xip\.name|traefik\.me|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|local\.gd)$/;

const listOf = (family: "ipv4" | "ipv6", nets: [string, number][]): BlockList => {
  const list = new BlockList();
  for (const [net, bits] of nets) list.addSubnet(net, bits, family);
  return list;
};

const privateV4 = listOf("ipv4", PRIVATE_V4);
const publicV6 = listOf("ipv6", [PUBLIC_V6]);
const privateV6 = listOf("ipv6", PRIVATE_V6);

function isPublic(host: string): boolean {
  if (isIPv4(host)) return !privateV4.check(host, "ipv4");
  if (isIPv6(host)) return publicV6.check(host, "ipv6") && !privateV6.check(host, "ipv6");
  // A name with more dots at its end is none, and may hide an address that the parser has not seen.
  const isName = host.includes(".") && !host.split(".").includes("");
  return isName && !PRIVATE_NAMES.test(host) && !SPELT_NAMES.test(host);
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

/** What is wrong with the address of an endpoint, or null; with `isLocal` (development) loopback by HTTP is right too. */
export function faultOf(address: string, isLocal: boolean): string | null {
  if (!URL.canParse(address)) return "must be a URL";
  const { protocol, username, password, hostname } = new URL(address);
  // A name may end in a dot; an IPv6 address stands in brackets.
  const host = hostname.replace(/\.$/, "").replace(/^\[(.*)\]$/, "$1");
  const isOwn = isLocal && isLoopback(host);
  if (protocol !== "https:" && !(isOwn && protocol === "http:")) return "must begin with https://";
  if (username !== "" || password !== "") return "must not have a user or a password";
  if (!isOwn && !isPublic(host)) return "must be a public address";
  return null;
}
