// Web Mercator, with the whole world as a square of side 1, north above.

export const TILE = 256;
const EQUATOR = 2 * Math.PI * 6378137;

export function worldOf(longitude, latitude) {
  const sine = Math.sin(latitude * Math.PI / 180);
  return [longitude / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

// Metres on the ground of a pixel of the screen.
export function metresOf(y, zoom) {
  return EQUATOR / Math.cosh(Math.PI * (1 - 2 * y)) / (TILE * 2 ** zoom);
}

export function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
