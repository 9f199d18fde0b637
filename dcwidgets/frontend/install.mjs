// Installs what the lock file names: `node install.mjs`, in place of `npm ci`.
//
// The lock file holds no addresses, so npm first loads a document about every package, which is
// more than the packages themselves. Registries keep archives at one known place below their own
// address; with that written into a copy of the lock file, npm asks for the archives alone. It
// checks each against its hash. Where that fails, `npm ci` does it in the usual way.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { URL } from 'node:url';

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];
const npm = (args, options = {}) =>
  spawnSync('npm', args, { shell: process.platform === 'win32', encoding: 'utf8', ...options });

/** The lock file with the address of every archive. */
function addressed(lock, registry) {
  for (const [place, entry] of Object.entries(lock.packages)) {
    const name = entry.name ?? place.split('node_modules/').at(-1);
    if (place && !entry.link) {
      const file = `${name.split('/').at(-1)}-${entry.version}.tgz`;
      entry.resolved = new URL(`${name}/-/${file}`, registry).href;
    }
  }
  return lock;
}

function install(scratch) {
  const registry = npm(['config', 'get', 'registry']).stdout.trim().replace(/\/*$/, '/');
  const lock = addressed(JSON.parse(readFileSync('package-lock.json', 'utf8')), registry);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  cpSync('package.json', `${scratch}/package.json`);
  writeFileSync(`${scratch}/package-lock.json`, JSON.stringify(lock));
  if (npm(['ci', ...QUIET], { cwd: scratch, stdio: 'ignore' }).status !== 0) {
    return false;
  }
  rmSync('node_modules', { recursive: true, force: true });
  renameSync(`${scratch}/node_modules`, 'node_modules');
  return true;
}

const scratch = 'lib/install'; // beside node_modules, so that moving them is a rename
const done = install(scratch);
rmSync(scratch, { recursive: true, force: true });
process.exitCode = done ? 0 : (npm(['ci', ...QUIET], { stdio: 'inherit' }).status ?? 1);
