import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real sshd on the loopback, and an `ssh` first on the path that knows it as `loopback` and a port without one as `nobody`. */
export interface SshServer {
  /** Gives the account over there what the profiler's agent needs. */
  installRuntime(): void;
  stop(): void;
}

const sshd = '/usr/sbin/sshd';

/** Why there can be no server here; undefined where it can. */
export function whyNoServer(): string | undefined {
  if (!existsSync(sshd)) return 'no sshd is installed';
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) {
    try {
      // Where sshd shuts itself in; its service makes it, and here none may have been started.
      mkdirSync('/run/sshd');
    } catch {
      return 'sshd needs /run/sshd';
    }
  }
  return undefined;
}

export async function startSshServer(modules: string): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  const [port, closed] = await freePorts();
  for (const key of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  writeFileSync(
    join(folder, 'sshd_config'),
    `ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/user.pub
PidFile none
StrictModes no
UsePAM no
SetEnv XDG_CACHE_HOME=${folder}/cache PATH=${dirname(process.execPath)}:/usr/bin:/bin
`,
  );
  writeFileSync(
    join(folder, 'ssh_config'),
    `Host *
  HostName 127.0.0.1
  Port ${port}
  IdentityFile ${folder}/user
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
`,
  );
  const program = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
  mkdirSync(join(folder, 'bin'));
  const script = `#!/bin/sh\ncase "$*" in *nobody*) set -- -p ${closed} "$@";; esac\nexec ${program} -F ${folder}/ssh_config "$@"\n`;
  writeFileSync(join(folder, 'bin/ssh'), script);
  chmodSync(join(folder, 'bin/ssh'), 0o755);
  const path = process.env.PATH;
  process.env.PATH = [join(folder, 'bin'), path].join(delimiter);
  const server = spawn(sshd, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
  for (let tries = 0; tries < 100 && !(await isOpen(port)); tries++) await sleep(50);
  return {
    installRuntime() {
      mkdirSync(join(folder, 'cache/proxyless-studio'), { recursive: true });
      symlinkSync(modules, join(folder, 'cache/proxyless-studio/node_modules'));
    },
    stop() {
      process.env.PATH = path;
      server.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Two ports that are free at this moment. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>(resolve =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  );
  for (const server of servers) server.close();
  return ports as [number, number];
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
