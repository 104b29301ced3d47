import type { Service } from '../resources/service.js';

/** An environment variable that kubelet adds to every container. */
export interface ServiceVariable {
  readonly name: string;
  readonly value: string;
}

/**
 * The variables that tell a container of a service (kubernetes `pkg/kubelet/envvars/envvars.go` FromServices), in kubelet's order. A service without a cluster IP
 * (headless, ExternalName) gives none.
 * @param address the first cluster IP in canonical text; undefined: it has none
 */
export function serviceVariables({ ref, headless, ports }: Service, address: string | undefined): readonly ServiceVariable[] {
  const [first] = ports;
  if (headless || address === undefined || !first) return [];
  const prefix = variableName(ref.name);
  const url = (protocol: string, port: number) => `${protocol.toLowerCase()}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  return [
    { name: `${prefix}_SERVICE_HOST`, value: address },
    { name: `${prefix}_SERVICE_PORT`, value: String(first.port) },
    ...ports
      .filter((port) => port.name !== '')
      .map((port) => ({ name: `${prefix}_SERVICE_PORT_${variableName(port.name)}`, value: String(port.port) })),
    { name: `${prefix}_PORT`, value: url(first.protocol, first.port) },
    ...ports.flatMap(({ port, protocol }) => [
      { name: `${prefix}_PORT_${port}_${protocol}`, value: url(protocol, port) },
      { name: `${prefix}_PORT_${port}_${protocol}_PROTO`, value: protocol.toLowerCase() },
      { name: `${prefix}_PORT_${port}_${protocol}_PORT`, value: String(port) },
      { name: `${prefix}_PORT_${port}_${protocol}_ADDR`, value: address },
    ]),
  ];
}

function variableName(text: string): string {
  return text.replaceAll('-', '_').toUpperCase();
}
