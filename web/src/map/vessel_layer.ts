// SPDX-License-Identifier: Apache-2.0
// Draws every vessel with one set of points from typed arrays (a custom layer of MapLibre, WebGL2).
// Symbols come from a small texture made of the outlines of kinds.ts; filters, fading with age,
// halos and the selection are decided in the shaders, so that none of them costs script time.
// Positions are split in two floats each, which keeps them within a pixel at every zoom.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from 'maplibre-gl';
import type { Theme } from '$/state/settings.svelte';
import { Flag, kAbsent, type Fleet } from '$/stream/fleet';
import { everything, type VesselFilter } from './filter';
import { berthBody, driftBody, kinds } from './kinds';
import { palettes, rgb } from './palette';
import { Program } from './program';
import { lineFragment, lineVertex, pointFragment, pointVertex } from './shaders';

const kStride = 32;
const kCell = 64;
const kAcross = 5;
const kRows = 4;
export const kBerthCell = 15;
export const kDriftCell = 16;

/** Red = body, green = casing around it, blue = detail upon it. */
function makeAtlas(): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = kCell * kAcross;
  canvas.height = kCell * kRows;
  const pen = canvas.getContext('2d', { willReadFrequently: true })!;
  const cells = [...kinds, { body: berthBody, detail: undefined }, { body: driftBody, detail: undefined }];
  const pass = (draw: (cell: (typeof cells)[number]) => void) => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    cells.forEach((cell, i) => {
      pen.save();
      pen.translate((i % kAcross) * kCell, Math.floor(i / kAcross) * kCell);
      // A margin of 1/8 for the casing.
      pen.scale((kCell * 0.75) / 24, (kCell * 0.75) / 24);
      pen.translate(4, 4);
      draw(cell);
      pen.restore();
    });
    return pen.getImageData(0, 0, canvas.width, canvas.height);
  };
  pen.fillStyle = pen.strokeStyle = '#fff';
  pen.lineJoin = 'round';
  const body = pass((cell) => pen.fill(new Path2D(cell.body), 'evenodd'));
  const casing = pass((cell) => {
    pen.lineWidth = 4.5;
    pen.stroke(new Path2D(cell.body));
    pen.fill(new Path2D(cell.body));
  });
  const detail = pass((cell) => cell.detail && pen.fill(new Path2D(cell.detail)));
  for (let i = 0; i < body.data.length; i += 4) {
    body.data[i] = body.data[i + 3]!;
    body.data[i + 1] = casing.data[i + 3]!;
    body.data[i + 2] = detail.data[i + 3]!;
    body.data[i + 3] = 255;
  }
  return body;
}

export class VesselLayer implements CustomLayerInterface {
  readonly id = 'vessels';
  readonly type = 'custom' as const;
  filter: VesselFilter = everything;
  theme: Theme = 'day';
  nowMs = 0;
  selected: number | null = null;
  hovered: number | null = null;
  /** Lines ahead: where the vessel will be in six minutes. */
  vectors = true;
  /** Script time of the last render. */
  renderMs = 0;

  private m_map: MapLibreMap | null = null;
  private m_points: Program | null = null;
  private m_lines: Program | null = null;
  private m_buffer: WebGLBuffer | null = null;
  private m_pointArray: WebGLVertexArrayObject | null = null;
  private m_lineArray: WebGLVertexArrayObject | null = null;
  private m_atlas: WebGLTexture | null = null;
  private m_capacity = 0;
  private m_bytes = new ArrayBuffer(0);
  /** Times are sent in seconds after this, so that a float holds them. */
  private m_epochMs = 0;

  constructor(private m_fleet: Fleet) {}

  get fleet(): Fleet {
    return this.m_fleet;
  }
  set fleet(next: Fleet) {
    this.m_fleet = next;
    this.m_capacity = 0;
    next.touchAll();
  }

  onAdd(map: MapLibreMap, gl: WebGL2RenderingContext): void {
    this.m_map = map;
    this.m_points = new Program(gl, pointVertex, pointFragment);
    this.m_lines = new Program(gl, lineVertex, lineFragment);
    this.m_buffer = gl.createBuffer();
    this.m_capacity = 0;
    this.m_pointArray = this.makeArray(gl, 0);
    this.m_lineArray = this.makeArray(gl, 1);
    this.m_atlas = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.m_atlas);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, makeAtlas());
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    this.m_fleet.touchAll();
  }

  onRemove(_map: MapLibreMap, gl: WebGL2RenderingContext): void {
    gl.deleteBuffer(this.m_buffer);
    gl.deleteVertexArray(this.m_pointArray);
    gl.deleteVertexArray(this.m_lineArray);
    gl.deleteTexture(this.m_atlas);
  }

  render(gl: WebGL2RenderingContext, _input: CustomRenderMethodInput): void {
    const start = performance.now();
    this.upload(gl);
    if (this.m_fleet.count > 0) {
      const zoom = this.m_map!.getZoom();
      if (this.vectors && zoom >= 9) this.drawLines(gl, zoom);
      this.drawPoints(gl, zoom);
      gl.bindVertexArray(null);
    }
    this.renderMs = performance.now() - start;
  }

  private makeArray(gl: WebGL2RenderingContext, divisor: number): WebGLVertexArrayObject | null {
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.m_buffer);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, kStride, 0);
    gl.vertexAttribPointer(1, 2, gl.FLOAT, false, kStride, 8);
    gl.vertexAttribPointer(2, 1, gl.FLOAT, false, kStride, 16);
    gl.vertexAttribIPointer(3, 2, gl.UNSIGNED_SHORT, kStride, 20);
    gl.vertexAttribIPointer(4, 4, gl.UNSIGNED_BYTE, kStride, 24);
    gl.vertexAttribIPointer(5, 1, gl.UNSIGNED_SHORT, kStride, 28);
    for (let i = 0; i < 6; ++i) {
      gl.enableVertexAttribArray(i);
      gl.vertexAttribDivisor(i, divisor);
    }
    gl.bindVertexArray(null);
    return array;
  }

  /** Writes the dirty slots into the buffer. */
  private upload(gl: WebGL2RenderingContext): void {
    const fleet = this.m_fleet;
    let [from, to] = [fleet.dirtyFrom, fleet.dirtyTo];
    if (fleet.count > this.m_capacity || this.m_epochMs === 0) {
      this.m_capacity = fleet.handle.length;
      this.m_bytes = new ArrayBuffer(this.m_capacity * kStride);
      this.m_epochMs = this.nowMs || fleet.time[0]!;
      gl.bindBuffer(gl.ARRAY_BUFFER, this.m_buffer);
      gl.bufferData(gl.ARRAY_BUFFER, this.m_capacity * kStride, gl.DYNAMIC_DRAW);
      [from, to] = [0, fleet.count];
    }
    if (from >= to) return;
    this.fill(from, to);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.m_buffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, from * kStride, new Uint8Array(this.m_bytes, from * kStride, (to - from) * kStride));
    fleet.drawn();
  }

  private fill(from: number, to: number): void {
    const fleet = this.m_fleet;
    const f32 = new Float32Array(this.m_bytes);
    const u16 = new Uint16Array(this.m_bytes);
    const u8 = new Uint8Array(this.m_bytes);
    for (let slot = from; slot < to; ++slot) {
      const w = slot * 8;
      const x = fleet.x[slot]!;
      const y = fleet.y[slot]!;
      f32[w] = x;
      f32[w + 1] = y;
      f32[w + 2] = x - f32[w]!;
      f32[w + 3] = y - f32[w + 1]!;
      f32[w + 4] = (fleet.time[slot]! - this.m_epochMs) / 1000;
      const heading = fleet.heading[slot]!;
      const course = fleet.cog[slot]!;
      // A heading is what the ship looks like; without one the course does.
      u16[w * 2 + 10] = heading !== kAbsent ? heading * 100 : course;
      u16[w * 2 + 11] = fleet.sog[slot]!;
      const flags = fleet.flags[slot]!;
      u8[w * 4 + 24] = fleet.kind[slot]!;
      u8[w * 4 + 25] = fleet.muted[slot] ? flags & ~(Flag.finding | Flag.actNow) : flags;
      u8[w * 4 + 26] = kinds[fleet.kind[slot]!]?.fixed ? 1 : 0;
      // For the line ahead, which follows the course and not the bow.
      u16[w * 2 + 14] = course;
    }
  }

  private setView(gl: WebGL2RenderingContext, program: Program, zoom: number): void {
    gl.useProgram(program.program);
    const map = this.m_map!;
    const centre = map.getCenter();
    const x = centre.lng / 360 + 0.5;
    const s = Math.sin((centre.lat * Math.PI) / 180);
    const y = 0.5 - (0.25 * Math.log((1 + s) / (1 - s))) / Math.PI;
    const [hx, hy] = [Math.fround(x), Math.fround(y)];
    const world = 512 * 2 ** zoom;
    const canvas = map.getCanvas();
    gl.uniform4f(program.at('u_centre'), hx, hy, x - hx, y - hy);
    gl.uniform2f(program.at('u_scale'), (2 * world) / canvas.clientWidth, (-2 * world) / canvas.clientHeight);
    gl.uniform1f(program.at('u_now'), (this.nowMs - this.m_epochMs) / 1000);
    const filter = this.filter;
    gl.uniform4i(program.at('u_filter'), filter.kinds, filter.berth, filter.matched, filter.finding ? 1 : 0);
    gl.uniform1f(program.at('u_max_age'), filter.maxAgeS);
    const palette = palettes[this.theme];
    kinds.forEach((kind, i) => gl.uniform3f(program.at(`u_colours[${i}]`), ...rgb(kind[this.theme])));
    gl.uniform3f(program.at('u_casing'), ...rgb(palette.casing));
    gl.uniform3f(program.at('u_act_now'), ...rgb(palette.actNow));
    gl.uniform3f(program.at('u_attention'), ...rgb(palette.attention));
    gl.uniform3f(program.at('u_selection'), ...rgb(palette.selection));
  }

  private drawPoints(gl: WebGL2RenderingContext, zoom: number): void {
    const program = this.m_points!;
    this.setView(gl, program, zoom);
    const ratio = this.m_map!.getPixelRatio();
    const side = zoom < 7 ? 11 : zoom < 9 ? 14 : zoom < 11 ? 17 : zoom < 13 ? 20 : 24;
    gl.uniform1f(program.at('u_side'), side * ratio);
    gl.uniform1f(program.at('u_ratio'), ratio);
    kinds.forEach((kind, i) => gl.uniform1f(program.at(`u_scales[${i}]`), kind.scale));
    gl.uniform1i(program.at('u_selected'), this.selected === null ? -1 : this.m_fleet.slot(this.selected));
    gl.uniform1i(program.at('u_hovered'), this.hovered === null ? -1 : this.m_fleet.slot(this.hovered));
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.m_atlas);
    gl.uniform1i(program.at('u_atlas'), 0);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(this.m_pointArray);
    // What has a halo lies on top.
    for (const pass of [0, 1]) {
      gl.uniform1i(program.at('u_pass'), pass);
      gl.drawArrays(gl.POINTS, 0, this.m_fleet.count);
    }
  }

  private drawLines(gl: WebGL2RenderingContext, zoom: number): void {
    const program = this.m_lines!;
    this.setView(gl, program, zoom);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(this.m_lineArray);
    gl.drawArraysInstanced(gl.LINES, 0, 2, this.m_fleet.count);
  }
}
