// Generated files are committed: they equal what the table gives today.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { generatedFiles } from '../../src/codegen/targets.js';
import { kBanner } from '../../src/codegen/text.js';
import { operators } from '../../src/operators/index.js';

const root = new URL('../../', import.meta.url);
const committed = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('generated files', () => {
  const files = generatedFiles();

  it('are up to date', () => {
    const stale = files.filter((file) => committed(file.path) !== file.text).map((file) => file.path);
    expect(stale, 'run: npm run generate').to.deep.equal([]);
  });

  it('carry a banner near the top and lie where generated files may lie', () => {
    for (const file of files) {
      expect(file.text.split('\n').slice(0, 4).join('\n'), file.path).to.include(kBanner);
      expect(file.path).to.match(/^(src\/generated|csrc\/generated|bindings|docs\/reference)\//);
    }
  });

  it('hold every operator', () => {
    const table = committed('csrc/generated/operator_table.cpp');
    const header = committed('bindings/c/HalconC.h');
    for (const { name } of operators) {
      expect(table).to.include(`operators::${name},`);
      expect(header).to.match(new RegExp(`\\bT_${name}\\(`));
    }
  });

  it('define an operator of C in at most five lines, where its parameters are few', () => {
    const functions = committed('csrc/generated/hproto.cpp').split(/^\}$/m);
    const lengths = functions.map((text) => text.trim().split('\n').length + 1);
    expect(lengths.filter((length) => length > 5).length).to.be.lessThan(functions.length / 10);
  });
});
