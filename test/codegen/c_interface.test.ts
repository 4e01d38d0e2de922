// A C program against the generated header and the library: both forms, checks, calls by name.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../', import.meta.url));
const libraries = join(root, 'build', 'Release');

describe('C interface', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-c-'));
  const program = join(folder, 'interface');
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => spawnSync(program, args, { encoding: 'utf8' });

  before(() => {
    const flags = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Icsrc/include', '-Ibindings/c'];
    const link = [`-L${libraries}`, '-lalcedo', `-Wl,-rpath,${libraries}`];
    execFileSync('gcc', [...flags, 'test/codegen/fixtures/c/interface.c', '-o', program, ...link], {
      cwd: root,
    });
  });

  it('runs simple forms, tuple forms and calls by name', () => {
    const { stdout, status } = run();
    expect(stdout.trim().split('\n')).to.deep.equal([
      'set_check 2',
      'gen_image_const 2',
      'get_image_pointer1 2 byte 4 3 pointer',
      'concat_obj 2 2',
      'T_get_image_size 2 2 3',
      'mirror_image 1301 untouched',
      'serialize_tuple 2 item',
      'get_serialized_item_ptr 2 bytes',
      'clear_serialized_item 2',
      'T_call_halcon_by_id 2 2 40',
      'T_call_halcon 2 2',
      'T_call_halcon 8000 -1',
      'set_check 1301',
    ]);
    expect(status).to.equal(0);
  });

  it('ends with a message while give_error is active', () => {
    const { stdout, stderr, status } = run('stop');
    expect(stdout).to.equal('');
    expect(stderr).to.match(/^Error 1301 in operator gen_image_const: .*'no_type'/);
    expect(status).to.equal(1);
  });
});
