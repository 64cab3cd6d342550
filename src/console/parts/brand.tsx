/** The mark: a token, and the one that takes its place. */
export function Brand() {
  return (
    <span class="brand">
      <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
        <rect class="brand-field" width="32" height="32" rx="8" />
        <rect class="brand-before" x="6" y="9" width="13" height="6" rx="3" />
        <rect class="brand-after" x="13" y="17" width="13" height="6" rx="3" />
      </svg>
      sliding-jwt
    </span>
  )
}
