import { describe, expect, test } from 'vitest';
import { type HumanError } from '../../../src/base/errors';
import type { Endpoint } from '../../../src/engine/endpoint';
import { Conflict, EngineError, EngineUnreachable, explainConnectionError, explainRefusal, MalformedStream, NotFound, notADocker, type UnreachableReason } from '../../../src/engine/errors';

const socket: Endpoint = { kind: 'unix', path: '/var/run/docker.sock' };
const failing = (code: string): NodeJS.ErrnoException => Object.assign(new Error(`connect ${code}`), { code });

describe('a connection that fails', () => {
  test.each<[string, UnreachableReason, RegExp]>([
    ['ENOENT', 'absent', /no socket at unix:\/\/\/var\/run\/docker\.sock.*install it, or start it/],
    ['ENOTDIR', 'absent', /no socket/],
    ['EACCES', 'denied', /may not use.*usermod -aG docker/],
    ['EPERM', 'denied', /docker group/],
    ['ECONNREFUSED', 'refused', /Nothing listens.*start it/],
    ['ENOTSOCK', 'refused', /Nothing listens/],
    ['ENOTFOUND', 'unknownHost', /host name/],
    ['EAI_AGAIN', 'unknownHost', /host name/],
    ['ETIMEDOUT', 'silent', /does not answer.*firewall/],
    ['EHOSTUNREACH', 'silent', /does not answer/],
    ['ENETUNREACH', 'silent', /does not answer/],
    ['ECONNRESET', 'lost', /was lost.*connect again by ourselves/],
    ['EPIPE', 'lost', /was lost/],
    ['ECONNABORTED', 'lost', /was lost/],
    ['ERR_STREAM_PREMATURE_CLOSE', 'lost', /was lost/],
    ['HPE_INVALID_CONSTANT', 'notDocker', /not a Docker engine/],
    ['HPE_HEADER_OVERFLOW', 'notDocker', /not a Docker engine/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', /not trusted.*another name/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', /without TLS.*2376/],
    ['EPROTO', 'tls', /without TLS.*2376/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tls', /does not accept your client certificate/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', /not trusted/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', /not trusted/],
    ['CERT_HAS_EXPIRED', 'tls', /not trusted/],
    ['EMFILE', 'failing', /Connecting to .* failed: connect EMFILE/],
  ])('with %s is %s, and says what to do', (code, reason, message) => {
    const cause = failing(code);
    const error = explainConnectionError(cause, socket);
    expect(error).toBeInstanceOf(EngineUnreachable);
    expect(error).toMatchObject({ reason, cause, endpoint: socket, message: expect.stringMatching(message) as unknown });
  });

  test('for want of permission offers the docker group\'s command as a button', () => {
    expect((explainConnectionError(failing('EACCES'), socket) as HumanError).fixes).toEqual([{ title: 'Show the command', command: 'helloContainers.joinDockerGroup' }]);
  });

  test('is not explained a second time', () => {
    const known = notADocker(socket);
    expect(explainConnectionError(known, socket)).toBe(known);
  });

  test.each([['an error without a code', new TypeError('a bug of ours')], ['a string', 'text'], ['nothing', undefined]])('is left alone when it is none: %s', (_, thrown) => {
    expect(explainConnectionError(thrown, socket)).toBe(thrown);
  });
});

describe('a refusal', () => {
  test.each<[number, typeof EngineError, string]>([
    [404, NotFound, 'The engine does not have it (any more): No such container: x'],
    [409, Conflict, 'The engine refused because of the state that it is in: No such container: x'],
    [400, EngineError, 'The engine did not accept the request: No such container: x'],
    [500, EngineError, 'The engine failed (HTTP 500): No such container: x'],
    [503, EngineError, 'The engine failed (HTTP 503): No such container: x'],
  ])('with status %i keeps the engine\'s words', (status, kind, message) => {
    const error = explainRefusal(status, 'No such container: x\n');
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, message, reply: 'No such container: x\n' });
  });

  test('without a word says that there was none', () => {
    expect(explainRefusal(500, ' \n').message).toBe('The engine failed (HTTP 500): no reason given');
  });
});

test('a malformed stream points at proxies and at the log', () => {
  expect(new MalformedStream('JSON').message).toBe('The engine sent something that is not JSON. Is a proxy between it and us? The log has the details.');
});
