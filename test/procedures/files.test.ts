// Files that are whole or not there, and folders with one run at a time.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { replaceFile, writeFileWhole } from '../../src/procedures/files.js';
import { lockFolder } from '../../src/procedures/folder_lock.js';

describe('files and folders', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'alcedo-files-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are written through links, also to a file that is not there yet', () => {
    mkdirSync(join(folder, 'deep'));
    symlinkSync('deep/second', join(folder, 'first'));
    symlinkSync('../file', join(folder, 'deep', 'second'));
    for (const content of ['new', 'newer']) {
      writeFileWhole(join(folder, 'first'), content);
      expect(readlinkSync(join(folder, 'first'))).to.equal('deep/second');
      expect(readFileSync(join(folder, 'file'), 'utf8')).to.equal(content);
    }
    symlinkSync('loop', join(folder, 'loop'));
    expect(() => writeFileWhole(join(folder, 'loop'), 'x')).to.throw(/loop.*no end/);
  });

  it('that cannot be written are named, and stay as they were', () => {
    const file = join(folder, 'report.json');
    writeFileWhole(file, 'old');
    expect(() =>
      replaceFile(file, (temporary) => {
        writeFileWhole(temporary, 'half');
        readFileSync(join(folder, 'nothing')); // fails as a full disk does
      }),
    ).to.throw(/^file '.*report\.json' cannot be written: ENOENT/);
    expect(readFileSync(file, 'utf8')).to.equal('old');
    expect(readdirSync(folder)).to.deep.equal(['report.json']);
  });

  it('are locked once, and given free', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).to.throw(`process ${process.pid} is at work`);
    expect(readdirSync(folder)).to.deep.equal(['.lock']);
    unlock();
    expect(readdirSync(folder)).to.deep.equal([]);
    lockFolder(folder)();
  });
});
