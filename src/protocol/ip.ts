import ipaddr from 'ipaddr.js'

/** Bits of an address that name its network: a household or office keeps them when its hosts change. */
const NETWORK_BITS = { ipv4: 24, ipv6: 56 } as const

/** The longest address has 45 characters, and a zone may follow. */
const LONGEST = 64

/** What nearly every IPv4 client has, plain or mapped by a socket that takes both, needs no parser. */
const PLAIN_IPV4 =
  /^(?:::ffff:)?((?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})$/

/**
 * One spelling for each address: IPv4-mapped IPv6 as IPv4, IPv6 in its short form (RFC 5952).
 * What is no address is kept, to be compared byte for byte. Control characters and what is beyond 64 characters are
 * left out before: behind a proxy that is trusted too much, anything may come.
 */
export function normaliseIp(ip = ''): string {
  const plain = PLAIN_IPV4.exec(ip)?.[1]
  if (plain !== undefined) return plain
  const text = ip.replaceAll(/\p{Cc}/gu, '').slice(0, LONGEST)
  try {
    return ipaddr.process(text).toString()
  } catch {
    return text
  }
}

/** Whether two normalised addresses lie in one network: IPv4 /24, IPv6 /56. */
export function sameNetwork(one: string, other: string): boolean {
  if (one === other) return true
  if (!ipaddr.isValid(one) || !ipaddr.isValid(other)) return false
  const [a, b] = [ipaddr.parse(one), ipaddr.parse(other)]
  return a.kind() === b.kind() && a.match(b, NETWORK_BITS[a.kind()])
}
