import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** A webhook address that leads, or may lead, into the provider's own network. */
export class ForbiddenAddressError extends Error {
  override name = 'ForbiddenAddressError';
  readonly code = 'FORBIDDEN_ADDRESS';
}

// IANA special-purpose registries for IPv4 and IPv6 (2025): everything that is not plain public unicast. The IPv6 ranges
// that embed an IPv4 address (mapped, NAT64, 6to4, Teredo) could hide a private one, so they are refused as a whole.
const NOT_PUBLIC = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24',
  '203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
  '::/128 ::1/128 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16',
  '3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8',
]
  .join(' ')
  .split(' ');

/** Addresses of these networks. One list for each family: in a common one `::ffff:0:0/96` would match all of IPv4. */
function within(networks: readonly string[]): (address: string) => boolean {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const version = isIP(address);
    if (version !== 4 && version !== 6)
      throw new Error('WEBHOOK_ALLOWED_NETWORKS holds something that is not a network');
    const longest = version === 6 ? 128 : 32;
    lists[version].addSubnet(address, bits === undefined ? longest : Number(bits), version === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    const version = isIP(address);
    if (version === 4) return lists[4].check(address, 'ipv4');
    return version === 6 && lists[6].check(address, 'ipv6');
  };
}

const isForbidden = within(NOT_PUBLIC);

type LookupDone = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Which addresses a tenant's webhook may lead to: public ones, and those that the operator allows. */
export class AddressGuard {
  /** Whether the operator allows this address although it may be private. */
  private readonly isAllowed: (address: string) => boolean;

  /** @param allowedNetworks CIDR, e.g. `127.0.0.0/8` */
  constructor(
    allowedNetworks: readonly string[],
    private readonly resolve: typeof lookup = lookup,
  ) {
    this.isAllowed = within(allowedNetworks);
  }

  mayReach(address: string): boolean {
    return isIP(address) !== 0 && (this.isAllowed(address) || !isForbidden(address));
  }

  /**
   * For a socket's `lookup`: resolves a name and hands on only addresses that may be reached. The socket connects to what
   * was judged here, so a name that changes its address in between gains nothing.
   */
  readonly lookup = (hostname: string, options: LookupOptions, done: LookupDone): void => {
    this.resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const reachable = addresses.filter((a) => this.mayReach(a.address));
      const [first] = reachable;
      if (!first) return done(new ForbiddenAddressError(`${hostname} leads to an address that is not public`), []);
      if (options.all) done(null, reachable);
      else done(null, first.address, first.family);
    });
  };

  /**
   * Judges a webhook's URL before anything is sent there.
   *
   * @throws ForbiddenAddressError with a sentence for the tenant
   */
  async judge(text: string): Promise<URL> {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !['https:', 'http:'].includes(url.protocol)) throw new ForbiddenAddressError('Give an https:// URL.');
    if (url.username || url.password) throw new ForbiddenAddressError('Leave user and password out of the URL.');
    const host = hostOf(url);
    const addresses = isIP(host) ? [host] : await this.addressesOf(host);
    if (!addresses.some((a) => this.mayReach(a))) {
      throw new ForbiddenAddressError('The URL leads to a private or reserved address. It must be reachable publicly.');
    }
    if (url.protocol === 'http:' && !addresses.every((a) => this.isAllowed(a))) {
      throw new ForbiddenAddressError('The URL must begin with https://.');
    }
    return url;
  }

  private addressesOf(host: string): Promise<string[]> {
    return new Promise((resolve, reject) =>
      this.resolve(host, { all: true }, (error, addresses) =>
        error
          ? reject(new ForbiddenAddressError(`The name ${host} cannot be resolved.`))
          : resolve(addresses.map((a) => a.address)),
      ),
    );
  }
}

/** The host of a URL without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
