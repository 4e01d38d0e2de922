import { expect } from 'chai';
import { callOperator, copyFromPointer, genRealImage, withPointer } from '../../src/index.js';

describe('pointers', () => {
  it('give pixels to images and take them back', () => {
    const pixels = Float32Array.from({ length: 12 }, (_, i) => i / 4);
    const image = genRealImage(pixels, 4, 3, 1);
    const [pointer, type, width, height] = callOperator('get_image_pointer1', [image], [], 0, 4).controls;
    expect([type!.S, width!.I, height!.I]).to.deep.equal(['real', 4, 3]);
    expect(copyFromPointer(pointer!.L, new Float32Array(12))).to.deep.equal(pixels);
  });

  it('make images of three and of other numbers of channels', () => {
    for (const channels of [2, 3, 5]) {
      const pixels = Float32Array.from({ length: 6 * channels }, (_, i) => i);
      const image = genRealImage(pixels, 3, 2, channels);
      expect(callOperator('count_channels', [image], [], 0, 1).controls[0]!.I).to.equal(channels);
      const last = callOperator('access_channel', [image], [channels], 1, 0).objects[0]!;
      const pointer = callOperator('get_image_pointer1', [last], [], 0, 4).controls[0]!;
      expect(copyFromPointer(pointer.L, new Float32Array(6))).to.deep.equal(pixels.slice(-6));
    }
  });

  it('refuse empty, shared and null memory, and wrong sizes', () => {
    expect(() => withPointer(new Float32Array(0), () => 0)).to.throw(TypeError, 'empty');
    expect(() => withPointer(new Float32Array(new SharedArrayBuffer(4)), () => 0)).to.throw(
      TypeError,
      'SharedArrayBuffer',
    );
    expect(() => copyFromPointer(0n, new Float32Array(1))).to.throw(TypeError, 'null');
    expect(() => genRealImage(new Float32Array(5), 2, 2, 1)).to.throw(RangeError, '4 values');
  });
});
