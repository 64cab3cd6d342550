/** The numbers of advisory locks: any will do, as long as no two are alike. */
export const LOCKS = {
  /** Held by the one process that makes tables. */
  migrations: 4_713_500_931,
  /** Held while a user is changed, so that two changes cannot each spare the other's admin. */
  users: 4_713_500_932,
} as const
