package dev.winnow.store;

/** What is told to all processes that listen on a channel of the database. */
record Announcement(String channel, String payload) {}
