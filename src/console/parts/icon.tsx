/** Lines on a field of 24 by 24. */
const LINES = {
  overview: 'M4 19V11 M10 19V5 M16 19v-6 M21 19H3',
  users:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 20c.6-3.4 3.2-5.5 6.5-5.5s5.9 2.1 6.5 5.5 M16 4.3a3.5 3.5 0 0 1 0 6.4 M18 14.9c1.8.8 3 2.6 3.5 5.1',
  trail: 'M8 6h12 M8 12h12 M8 18h12 M3.5 6h.01 M3.5 12h.01 M3.5 18h.01',
  devices: 'M4 5h13v9H4z M2 18h11 M16 10h5v10h-5z',
  key: 'M14.5 13.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9z M11.3 12.2 4 19.5V21h3v-2h2v-2h2l1.5-1.5',
  desktop: 'M4 5h16v11H4z M9 20h6 M12 16v4',
  mobile: 'M8 3h8v18H8z M11 18h2',
  tablet: 'M5 3h14v18H5z M11 18h2',
  program: 'M4 5h16v14H4z M7.5 9.5 10 12l-2.5 2.5 M12.5 15H16',
  out: 'M14 4H5v16h9 M10 12h11 M17.5 8 21 12l-3.5 4',
  plus: 'M12 5v14 M5 12h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l5 5',
  right: 'M9 5l7 7-7 7',
  left: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12 M18 6 6 18',
} as const

export type IconName = keyof typeof LINES

/** A picture beside a word that says the same, so it is hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={LINES[name]} />
    </svg>
  )
}
