// The library runs threads of its own: a process that loads it must end cleanly, every time.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const RUNS = 20;
const SCRIPT = `
  import { callOperator, callOperatorAsync } from './src/index.ts';
  const dict = callOperator('create_dict', [], [], 0, 1).controls[0];
  callOperator('set_dict_tuple', [], [dict, 'key', [1, 2.5, 'three']], 0, 0);
  const back = callOperator('get_dict_tuple', [], [dict, 'key'], 0, 1).controls[0];
  await callOperatorAsync('get_dict_tuple', [], [dict, 'key'], 0, 1);
  process.stdout.write(back.toString());
`;

describe('a process that loads the library', () => {
  it(`exits with 0, ${RUNS} times`, async function () {
    this.timeout(120000);
    const args = ['--import=tsx', '--input-type=module', '--eval', SCRIPT];
    for (let i = 0; i < RUNS; i += 2) {
      const runs = [0, 1].map(() =>
        promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } }),
      );
      for (const { stdout } of await Promise.all(runs)) expect(stdout).to.equal("[1, 2.5, 'three']");
    }
  });

  it('says what is missing when it cannot be loaded', async () => {
    const args = [
      '--import=tsx',
      '--input-type=module',
      '--eval',
      "import { callOperator } from './src/index.ts'; callOperator('create_dict', [], [], 0, 1);",
    ];
    for (const [path, text] of [
      ['/nowhere/libalcedo.so', 'was not found'],
      ['/dev/null', 'Debian packages'],
    ] as const) {
      const env = { ...process.env, NODE_OPTIONS: '', ALCEDO_LIBRARY: path };
      const failed = await promisify(execFile)(process.execPath, args, { env }).then(
        () => '',
        (error: { stderr: string }) => error.stderr,
      );
      expect(failed).to.contain(text);
    }
  });
});
