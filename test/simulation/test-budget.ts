/** How long the simulation runs within `npm test`: mutations must be found within the steps that the protocol survives. */
export const BUDGET = 100_000
export const SEED = 20_260_105
