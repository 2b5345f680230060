"use strict";

// The picture of classes is one PNG whose pixels are numbers of the finest classes. Another level is another palette:
// its colours are put into a copy of the file, and the browser decodes that.

const CRC = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function readPng(url) {
  return Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
}

function findChunk(png, name) {
  const view = new DataView(png.buffer);
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    if (String.fromCharCode(...png.subarray(at + 4, at + 8)) === name) return at;
  }
  throw new Error(`the picture has no ${name}`);
}

function fillChunk(png, name, bytes) {
  const at = findChunk(png, name), view = new DataView(png.buffer), end = at + 8 + view.getUint32(at);
  png.set(bytes.slice(0, end - at - 8), at + 8);
  let crc = 0xffffffff;
  for (const byte of png.subarray(at + 4, end)) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  view.setUint32(end, ~crc >>> 0);
}

// colours: red, green, blue, opacity of each number, the first that of what is outside.
function recoloured(png, colours) {
  const copy = png.slice();
  fillChunk(copy, "PLTE", colours.flatMap((colour) => colour.slice(0, 3)));
  fillChunk(copy, "tRNS", colours.map((colour) => colour[3]));
  return new Blob([copy], { type: "image/png" });
}

async function decoded(blob) {
  const picture = new Image();
  picture.src = URL.createObjectURL(blob);
  await picture.decode();
  return picture;
}

// The number of every pixel, read from a copy whose colours are the numbers.
async function readNumbers(png, count) {
  const picture = await decoded(recoloured(png, Array.from({ length: count }, (_, number) => [number, 0, 0, 255])));
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  URL.revokeObjectURL(picture.src);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const numbers = new Uint8Array(canvas.width * canvas.height);
  for (let place = 0; place < numbers.length; place++) numbers[place] = pixels[4 * place];
  return { width: canvas.width, height: canvas.height, numbers };
}
