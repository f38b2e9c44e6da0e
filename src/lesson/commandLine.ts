import { shellQuote } from '../base/shellQuote';
import { type Endpoint, endpointAddress } from '../engine/endpoint';
import { roleLabel, type Role, type swarmRole } from '../engine/ours';
import type { LessonFacts } from './facts';

const usualSocket = /^(\/var)?\/run\/docker\.sock$/;

/** The docker command for the engine that is used, whichever the command itself would choose. */
export function docker({ connected, engines }: LessonFacts): string {
  const endpoint = connected ? engines[0]?.endpoint : undefined;
  return endpoint === undefined || (endpoint.kind === 'unix' && usualSocket.test(endpoint.path)) || endpoint.kind === 'npipe' ? 'docker' : dockerAt(endpoint);
}

function dockerAt(endpoint: Endpoint): string {
  const files = endpoint.kind === 'tls' ? endpoint.files : undefined;
  const option = (name: string, file: string | undefined): string[] => file === undefined ? [] : [`--${name}=${shellQuote(file)}`];
  const tls = files === undefined ? [] : ['--tlsverify', ...option('tlscacert', files.ca), ...option('tlscert', files.cert), ...option('tlskey', files.key)];
  return ['docker', ...tls, '-H', shellQuote(endpointAddress(endpoint))].join(' ');
}

/** The option by which a container, or a service, counts for a step. */
export function labelOption(role: Role | typeof swarmRole): string {
  return `--label ${roleLabel}=${role}`;
}

