package dev.winnow.store;

/**
 * What is told to all processes that listen on a channel of the database.
 *
 * @param always whether it is told before anybody was asked who listens
 */
record Announcement(String channel, String payload, boolean always) {}
