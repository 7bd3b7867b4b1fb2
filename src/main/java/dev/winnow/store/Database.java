package dev.winnow.store;

/** The open database: pool and transactions. */
public final class Database {}
