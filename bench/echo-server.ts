import { createSocket } from 'node:dgram';

/** The least that any name server does with a packet: it sends it back. A process of its own; it prints its port. */
const socket = createSocket('udp4');
socket.on('message', (packet, { port, address }) => socket.send(packet, port, address));
socket.bind(0, '127.0.0.1', () => process.stdout.write(`${socket.address().port}\n`));
process.once('SIGTERM', () => socket.close());
