/** Layers that any page can open: the appointment drawer and the new-appointment form. */
export function Overlays() {
  return null;
}
