// Webhooks may only be sent to public addresses over HTTPS. Only the URL is checked: a name may resolve to a private
// address, but a Worker's fetch does not reach private networks. The URL parser has normalised forms such as 0x7f.1 and
// 2130706433 to 127.0.0.1, and names to lower case.
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

// In IPv6 only global unicast is public, except ranges that embed IPv4 addresses or are for documentation.
const PUBLIC_V6: [string, number] = ["2000::", 3];
const PRIVATE_V6: [string, number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const PRIVATE_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

// Domains whose names resolve to the address that they contain, or to the local machine.
const WILDCARD_DNS_NAMES =
  /(^|\.)(nip\.io|sslip\.io|xip\.io|xip\.name|traefik\.me|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|local\.gd)$/;

const listOf = (family: "ipv4" | "ipv6", nets: [string, number][]): BlockList => {
  const list = new BlockList();
  for (const [net, bits] of nets) list.addSubnet(net, bits, family);
  return list;
};

function isPublic(host: string): boolean {
  if (isIPv4(host)) return !listOf("ipv4", PRIVATE_V4).check(host, "ipv4");
  if (isIPv6(host))
    return listOf("ipv6", [PUBLIC_V6]).check(host, "ipv6") && !listOf("ipv6", PRIVATE_V6).check(host, "ipv6");
  // A host with an empty label is not a valid name, and may hide an address from the parser.
  const isName = host.includes(".") && !host.split(".").includes("");
  return isName && !PRIVATE_NAMES.test(host) && !WILDCARD_DNS_NAMES.test(host);
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

/** What is wrong with the address of an endpoint, or null. With `isLocal`, for development, loopback over HTTP is allowed. */
export function faultOf(address: string, isLocal: boolean): string | null {
  if (!URL.canParse(address)) return "must be a URL";
  const { protocol, username, password, hostname } = new URL(address);
  // A name may end in a dot, and an IPv6 address is in brackets.
  const host = hostname.replace(/\.$/, "").replace(/^\[(.*)\]$/, "$1");
  const isAllowedLoopback = isLocal && isLoopback(host);
  if (protocol !== "https:" && !(isAllowedLoopback && protocol === "http:"))
    return "must begin with https://";
  if (username !== "" || password !== "") return "must not have a user or a password";
  if (!isAllowedLoopback && !isPublic(host)) return "must be a public address";
  return null;
}
