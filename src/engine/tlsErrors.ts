import * as l10n from '@vscode/l10n';

/**
 * What a failure of TLS means and what to do about it; undefined for what is none.
 * @param code Node's or OpenSSL's name of the error  @param detail its own words
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
export function explainTlsError(code: string, address: string, detail: string): string | undefined {
  switch (code) {
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return l10n.t('Something answers at {0}, but without TLS. Check the port (Docker\'s is 2376 with TLS and 2375 without) and the variable DOCKER_TLS_VERIFY.', address);
    case 'CERT_HAS_EXPIRED':
      return l10n.t('{0} was not trusted: its certificate has expired. Make a new one for the daemon; if it is still good, look at this machine\'s clock.', address);
    case 'CERT_NOT_YET_VALID':
      return l10n.t('{0} was not trusted: its certificate is not valid yet. Look at the clocks of both machines.', address);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return l10n.t('{0} was not trusted: its certificate is for another name ({1}). Use a name that is in it, or make one with this name.', address, detail);
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return l10n.t('{0} was not trusted: ca.pem is not of the authority that signed its certificate. Take the ca.pem that the daemon was set up with. If it was, somebody may be in between.', address);
    default:
      // The other side's alert: it does not like who we are.
      if (/^ERR_SSL_\w*ALERT/.test(code)) {
        return l10n.t('{0} does not accept your client certificate: cert.pem and key.pem must be signed by the authority that the daemon trusts (--tlscacert), and not be expired. It said: {1}.', address, detail);
      }
      return code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /CERT|SIGNATURE/.test(code)
        ? l10n.t('{0} was not trusted: {1}. Check the certificates and the host name.', address, detail)
        : undefined;
  }
}
