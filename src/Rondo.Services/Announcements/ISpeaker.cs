namespace Rondo.Services.Announcements;

/// <summary>Says something in a room of the chat.</summary>
internal interface ISpeaker
{
    /// <summary>Says it, if there is such a room; the same thing is said once.</summary>
    /// <param name="room">The room's id.</param>
    /// <param name="text">What is said.</param>
    /// <param name="key">Names it among all that this speaker says; null for what cannot come twice.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="IOException">It could not be said.</exception>
    Task SayAsync(string room, string text, string? key, CancellationToken cancellation);
}
