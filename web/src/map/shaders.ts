// SPDX-License-Identifier: Apache-2.0
// GLSL of the vessel layer. Sizes are device pixels, angles hundredths of a degree, times seconds.

const shared = `#version 300 es
precision highp float;
precision highp int;
layout(location = 0) in vec2 a_high;
layout(location = 1) in vec2 a_low;
layout(location = 2) in float a_time;
layout(location = 3) in uvec2 a_motion;
layout(location = 4) in uvec4 a_state;   // kind, flags, fixed, 0
layout(location = 5) in uint a_course;
uniform vec4 u_centre;
uniform vec2 u_scale;
uniform float u_now;
uniform float u_max_age;
uniform ivec4 u_filter;
uniform vec3 u_colours[15];

vec2 clip(vec2 high, vec2 low) {
  return ((high - u_centre.xy) + (low - u_centre.zw)) * u_scale;
}
bool hidden(float age) {
  int flags = int(a_state.y);
  bool berth = (flags & 1) != 0;
  bool claimed = (flags & 8) != 0;
  if (((u_filter.x >> int(a_state.x)) & 1) == 0) return true;
  if (u_filter.y == 1 ? berth : (u_filter.y == 2 && !berth)) return true;
  bool thing = int(a_state.x) >= 10 && int(a_state.x) != 14;   // maybeRegistered() of kinds.ts
  if (u_filter.z == 1 ? !claimed : (u_filter.z == 2 && (claimed || thing))) return true;
  if (u_filter.w == 1 && (flags & 2) == 0) return true;
  return age > u_max_age;
}
// Fresh for ten minutes, then fading; after an hour faint.
float strength(float age) {
  return mix(1.0, 0.55, smoothstep(600.0, 3600.0, age));
}
`;

export const pointVertex = `${shared}
uniform float u_side;
uniform float u_ratio;
uniform float u_scales[15];
uniform int u_selected;
uniform int u_hovered;
uniform int u_pass;
flat out vec3 v_colour;
flat out vec4 v_shape;   // cosine, sine, side of the symbol, side of the point
flat out ivec3 v_look;   // cell of the atlas, halo (0 none, 1 attention, 2 act now), mark
flat out vec2 v_fade;    // strength, age in s
void main() {
  float age = u_now - a_time;
  int flags = int(a_state.y);
  int kind = int(a_state.x);
  int halo = (flags & 4) != 0 || kind == 14 || (flags & 128) != 0 ? 2 : (flags & 2) != 0 ? 1 : 0;
  int mark = gl_VertexID == u_selected ? 2 : gl_VertexID == u_hovered ? 1 : 0;
  bool top = halo > 0 || mark > 0;
  if (top != (u_pass == 1) || (hidden(age) && mark != 2)) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  bool berth = (flags & 1) != 0;
  bool fixedUp = a_state.z == 1u;
  bool turned = a_motion.x != 65535u;
  float angle = (berth || fixedUp || !turned) ? 0.0 : radians(float(a_motion.x) * 0.01);
  float side = u_side * u_scales[kind] * 1.3333;
  int cell = kind;
  if (!fixedUp) {
    if (berth) { cell = 15; side = u_side * 0.72; }
    else if (!turned) { cell = 16; side = u_side * 0.95; }
  }
  float whole = side;
  if (halo > 0) whole = max(whole, 34.0 * u_ratio);
  if (mark > 0) whole = max(whole, 40.0 * u_ratio);
  v_colour = u_colours[kind];
  v_shape = vec4(cos(angle), sin(angle), side, whole);
  v_look = ivec3(cell, halo, mark);
  v_fade = vec2(strength(age), age);
  gl_Position = vec4(clip(a_high, a_low), 0.0, 1.0);
  gl_PointSize = whole;
}`;

export const pointFragment = `#version 300 es
precision highp float;
precision highp int;
uniform sampler2D u_atlas;
uniform float u_ratio;
uniform vec3 u_casing;
uniform vec3 u_act_now;
uniform vec3 u_attention;
uniform vec3 u_selection;
flat in vec3 v_colour;
flat in vec4 v_shape;
flat in ivec3 v_look;
flat in vec2 v_fade;
out vec4 o_colour;

void over(inout vec4 below, vec3 colour, float alpha) {
  below = vec4(colour * alpha, alpha) + below * (1.0 - alpha);
}
float ring(float r, float radius, float width) {
  return 1.0 - smoothstep(width * 0.5 - 0.5, width * 0.5 + 0.5, abs(r - radius));
}
void main() {
  vec2 p = (gl_PointCoord - 0.5) * v_shape.w;
  float r = length(p);
  vec4 c = vec4(0.0);
  float u = u_ratio;
  if (v_look.y == 2) {
    over(c, u_act_now, 0.20 * (1.0 - smoothstep(15.0 * u, 16.0 * u, r)));
    over(c, u_act_now, ring(r, 15.0 * u, 2.6 * u));
  } else if (v_look.y == 1) {
    float part = fract(atan(p.y, p.x) / 6.2831853 * 12.0);
    over(c, u_attention, ring(r, 14.0 * u, 2.0 * u) * step(part, 0.6));
  }
  vec2 q = vec2(v_shape.x * p.x + v_shape.y * p.y, -v_shape.y * p.x + v_shape.x * p.y) / v_shape.z;
  if (abs(q.x) < 0.5 && abs(q.y) < 0.5) {
    vec2 cell = vec2(float(v_look.x % 5), float(v_look.x / 5));
    vec3 s = texture(u_atlas, (cell + q + 0.5) / vec2(5.0, 4.0)).rgb;
    float fade = v_fade.x;
    // An old position is drawn hollow: outline in the colour of the kind, pale inside.
    bool old = v_fade.y > 3600.0;
    over(c, old ? v_colour : u_casing, s.g * fade);
    over(c, old ? u_casing : v_colour, s.r * fade);
    over(c, u_casing, s.b * fade);
  }
  if (v_look.z > 0) {
    vec2 a = abs(p);
    float half_side = 16.0 * u;
    float edge = max(a.x, a.y);
    float corner = step(half_side * 0.5, min(a.x, a.y));
    float width = (v_look.z == 2 ? 2.6 : 1.6) * u;
    over(c, u_selection, ring(edge, half_side, width) * corner);
  }
  if (c.a < 0.01) discard;
  o_colour = c;
}`;

export const lineVertex = `${shared}
flat out vec4 v_colour;
void main() {
  float age = u_now - a_time;
  int flags = int(a_state.y);
  float speed = float(a_motion.y) * 0.01;
  bool still = (flags & 1) != 0 || a_motion.y == 65535u || speed < 0.5 || a_course == 65535u;
  if (still || age > 600.0 || hidden(age)) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  // Six minutes ahead: a tenth of the speed in nautical miles. 1/21638.8 of the equator is one.
  float latitude = 3.14159265 * (1.0 - 2.0 * a_high.y);
  float ahead = speed * 0.1 / 21638.8 * cosh(latitude);
  float angle = radians(float(a_course) * 0.01);
  vec2 step_to = vec2(sin(angle), -cos(angle)) * ahead * float(gl_VertexID);
  v_colour = vec4(u_colours[int(a_state.x)], 0.75) * strength(age);
  gl_Position = vec4(clip(a_high, a_low + step_to), 0.0, 1.0);
}`;

export const lineFragment = `#version 300 es
precision highp float;
flat in vec4 v_colour;
out vec4 o_colour;
void main() {
  o_colour = vec4(v_colour.rgb * v_colour.a, v_colour.a);
}`;
