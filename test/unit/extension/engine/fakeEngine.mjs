// Speaks the engine's side of the protocol, as its first argument says.
const [, , version, does] = process.argv;
const send = message => process.send(message);

process.on('message', message => {
  if (message.request) begin();
  if (message.control === 'pause') send({ type: 'state', phase: 'paused' });
  if (message.control === 'resume') send({ type: 'state', phase: 'running' });
  if (message.control === 'steer') send({ type: 'refused', message: `not ${message.action}` });
  if (message.control === 'stop') {
    send({ type: 'state', phase: 'stopping' });
    process.send({ type: 'stopped', run: '/runs/one' }, () => process.disconnect());
  }
});

function begin() {
  send({ type: 'run', folder: '/runs/one' });
  send({ type: 'heartbeat', rssMb: 100, imagesPerSecond: 50, energy: { joules: 7, estimated: true } });
  send({ type: 'note', text: 'a note' });
  send({ type: 'progress', stage: 'search', fraction: 0.25, text: 'epoch 1' });
  if (does === 'die') process.kill(process.pid, 'SIGKILL');
}

send({ type: 'ready', version: Number(version) });
