import * as l10n from '@vscode/l10n';
import { type Fix, HumanError } from '../base/errors';
import { type Endpoint, endpointAddress } from './endpoint';
import { explainTlsError } from './tlsErrors';

/** Why no engine answers at an endpoint. Also the value of the context key helloContainers.failure. */
export type UnreachableReason = 'absent' | 'denied' | 'refused' | 'notDocker' | 'silent' | 'lost' | 'tls' | 'unknownHost' | 'failing' | 'ssh' | 'notPermitted';

/** No engine answers at the endpoint. */
export class EngineUnreachable extends HumanError {
  constructor(readonly endpoint: Endpoint, readonly reason: UnreachableReason, message: string, options: { cause?: unknown; fixes?: readonly Fix[] } = {}) {
    super(message, options);
  }
}

/** The engine answered a call with an error. */
export class EngineError extends HumanError {
  /** @param status HTTP status  @param reply what the engine said, as it said it */
  constructor(readonly status: number, readonly reply: string, message: string, cause?: unknown) {
    super(message, { cause });
  }
}

/** The container, image or other object is gone (or never was). */
export class NotFound extends EngineError { }

/** What was asked does not fit the state that the object is in. */
export class Conflict extends EngineError { }

/** A stream said something that is not in its format. */
export class MalformedStream extends HumanError {
  constructor(what: string, cause?: unknown, message = l10n.t('The engine sent something that is not {0}. Is a proxy between it and us? The log has the details.', what)) {
    super(message, { cause });
  }
}

/** The engine sent more than any engine has a reason to: it was not read on. */
export class TooMuch extends MalformedStream {
  /** @param what "an answer", "a line"  @param most bytes that were read of it */
  constructor(what: string, most: number) {
    super(what, undefined, l10n.t('The engine sent {0} of more than {1}, which no Docker engine does: it was not read on. Check which engine is at the address, and whether a proxy is in between.', what, most < 1024 ** 2 ? `${most / 1024} kB` : `${most / 1024 ** 2} MB`));
  }
}

/** A list is longer than can be shown. */
export class TooMany extends HumanError {
  constructor(what: string, most: number) {
    super(l10n.t('The engine lists more than {0} {1}. So many cannot be shown. If they are really there, remove some with the docker command (docker system prune); else check which engine is at the address.', most, what));
  }
}

/** How an engine's refusal reads. */
export function explainRefusal(status: number, reply: string): EngineError {
  const said = reply.trim() || l10n.t('no reason given');
  switch (status) {
    case 404: return new NotFound(status, reply, l10n.t('The engine does not have it (any more): {0}', said));
    case 409: return new Conflict(status, reply, l10n.t('The engine refused because of the state that it is in: {0}', said));
    case 300: case 301: case 302: case 303: case 304: case 305: case 307: case 308:
      return new EngineError(status, reply, l10n.t('The engine wants to send us elsewhere (HTTP {0}), which a Docker engine does not do. We did not go there. Check the address, and whether a proxy is in between.', status));
    case 400: return new EngineError(status, reply, l10n.t('The engine did not accept the request: {0}', said));
    default: return new EngineError(status, reply, l10n.t('The engine failed (HTTP {0}): {1}', status, said));
  }
}

/**
 * What a failure of the connection itself (a Node system error or a TLS error) means and what to do about it.
 * An error that is already ours, or that is no connection error, comes back as it is.
 */
export function explainConnectionError(error: unknown, endpoint: Endpoint): unknown {
  if (error instanceof HumanError || !(error instanceof Error)) { return error; }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const address = endpointAddress(endpoint);
  const unreachable = (reason: UnreachableReason, message: string, fixes: readonly Fix[] = []): EngineUnreachable =>
    new EngineUnreachable(endpoint, reason, message, { cause: error, fixes });
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return unreachable('absent', l10n.t('There is no socket at {0}. Docker is not installed or not running: install it, or start it (on Linux: sudo systemctl start docker).', address));
    case 'EACCES':
    case 'EPERM':
      return unreachable('denied', l10n.t('You may not use {0}. Add yourself to the docker group (sudo usermod -aG docker $USER), then log out and in again.', address),
        [{ title: l10n.t('Show the command'), command: 'helloContainers.joinDockerGroup' }]);
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
      return unreachable('refused', l10n.t('Nothing listens at {0}. The engine is stopped: start it (on Linux: sudo systemctl start docker).', address));
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable('unknownHost', l10n.t('The host name in {0} is not known. Check the address and the network.', address));
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable('silent', l10n.t('{0} does not answer. Check the network, the address and the firewall.', address));
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return connectionLost(endpoint, error);
    default: {
      if (code.startsWith('HPE_')) { return notADocker(endpoint, error); }
      const tls = explainTlsError(code, address, error.message);
      if (tls !== undefined) { return unreachable('tls', tls); }
      return code === '' ? error : unreachable('failing', l10n.t('Connecting to {0} failed: {1}.', address, error.message));
    }
  }
}

/** It takes connections, and does not answer in time. */
export function noAnswer(endpoint: Endpoint): unknown {
  return explainConnectionError(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }), endpoint);
}

/** The connection stood and ended. */
export function connectionLost(endpoint: Endpoint, cause?: unknown): EngineUnreachable {
  return new EngineUnreachable(endpoint, 'lost', l10n.t('The connection to {0} was lost. The engine stopped or was restarted; we connect again by ourselves.', endpointAddress(endpoint)), { cause });
}

/** Something answers, but not as a Docker engine does. */
export function notADocker(endpoint: Endpoint, cause?: unknown): EngineUnreachable {
  return new EngineUnreachable(endpoint, 'notDocker', l10n.t('Something answers at {0}, but it is not a Docker engine. Check the address.', endpointAddress(endpoint)), { cause });
}
