/** A point: x, y. */
export type Point = readonly [number, number]

/**
 * The slope of a line through points, as the median of the slopes between all pairs (Theil and Sen): up to a
 * quarter of the points may lie anywhere without changing it much. Zero for fewer than two points.
 */
export function slopeOf(points: readonly Point[]): number {
  const slopes = points.flatMap(([x, y], index) =>
    points
      .slice(index + 1)
      .flatMap(([otherX, otherY]) => (otherX === x ? [] : [(otherY - y) / (otherX - x)])),
  )
  slopes.sort((a, b) => a - b)
  const middle = slopes.length >> 1
  if (slopes.length === 0) return 0
  const upper = slopes[middle] as number
  return slopes.length % 2 === 1 ? upper : (upper + (slopes[middle - 1] as number)) / 2
}
