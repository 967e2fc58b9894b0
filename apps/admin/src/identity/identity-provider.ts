import { Injectable } from '@nestjs/common';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';

/** What a browser that was sent to the identity provider must bring back; kept sealed in its cookie. */
export interface Errand {
  state: string;
  nonce: string;
  verifier: string;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The provider's own OpenID Connect server, asked with an authorization code and PKCE (RFC 7636). */
@Injectable()
export class IdentityProvider {
  private readonly config = loadConfig([
    'STAFF_OIDC_ISSUER',
    'STAFF_OIDC_CLIENT_ID',
    'STAFF_OIDC_CLIENT_SECRET',
    'STAFF_OIDC_REDIRECT_URL',
  ]);
  private discovered: Promise<Configuration> | undefined;

  /** Where browsers come back to. */
  get redirectUrl(): URL {
    return new URL(this.config.STAFF_OIDC_REDIRECT_URL || 'http://127.0.0.1/');
  }

  /** @returns where to send the browser, and what it must bring back */
  async begin(): Promise<{ url: URL; errand: Errand }> {
    const server = await this.server();
    const errand = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const url = buildAuthorizationUrl(server, {
      redirect_uri: this.redirectUrl.href,
      scope: 'openid email',
      state: errand.state,
      nonce: errand.nonce,
      code_challenge: await calculatePKCECodeChallenge(errand.verifier),
      code_challenge_method: 'S256',
    });
    return { url, errand };
  }

  /**
   * Exchanges the code that the browser brought for who it is.
   *
   * @param query what the identity provider put behind `?`
   * @returns issuer and subject, and the address if the identity provider says that it is confirmed
   * @throws Refusal 401 when anything of it does not fit together
   */
  async finish(query: string, errand: Errand): Promise<{ identity: string; email: string | undefined }> {
    const server = await this.server();
    const url = this.redirectUrl;
    url.search = query;
    const tokens = await authorizationCodeGrant(server, url, {
      pkceCodeVerifier: errand.verifier,
      expectedState: errand.state,
      expectedNonce: errand.nonce,
      idTokenExpected: true,
    }).catch((error: unknown) => {
      throw new Refusal(401, 'sign_in_refused', 'The identity provider did not confirm who you are. Begin again.', {
        cause: error,
      });
    });
    const claims = tokens.claims();
    if (!claims) throw new Refusal(401, 'sign_in_refused', 'The identity provider did not say who you are.');
    const { email } = claims;
    const confirmed = claims.email_verified === true && typeof email === 'string';
    return { identity: `${claims.iss} ${claims.sub}`, email: confirmed ? email : undefined };
  }

  private server(): Promise<Configuration> {
    const { STAFF_OIDC_ISSUER: issuer, STAFF_OIDC_CLIENT_ID: id, STAFF_OIDC_CLIENT_SECRET: secret } = this.config;
    if (!issuer) throw new Refusal(404, 'no_identity_provider', 'This installation has no identity provider.');
    this.discovered ??= this.discover(new URL(issuer), id, secret).catch((error) => {
      this.discovered = undefined;
      throw new Refusal(
        502,
        'identity_provider_away',
        'The identity provider does not answer. Try again, or sign in with a password.',
        {
          cause: error,
        },
      );
    });
    return this.discovered;
  }

  private discover(issuer: URL, id: string, secret: string): Promise<Configuration> {
    // Tokens over plain HTTP are for an identity provider on the same machine (tests) and for nobody else.
    const execute = LOOPBACK.has(issuer.hostname) ? [allowInsecureRequests] : [];
    return discovery(issuer, id, secret || undefined, secret ? undefined : None(), { execute });
  }
}
