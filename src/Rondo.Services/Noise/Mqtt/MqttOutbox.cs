namespace Rondo.Services.Noise.Mqtt;

/// <summary>
/// What is to be published and what waits for its acknowledgement. Of each topic the newest message alone counts, so
/// that a broker that was away gets what holds now, and nothing grows while it is.
/// </summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
internal sealed class MqttOutbox(int mostTopics)
{
    /// <summary>How many may wait for an acknowledgement.</summary>
    public const int Window = 16;

    private readonly LinkedList<MqttMessage> _waiting = [];
    private readonly Dictionary<string, LinkedListNode<MqttMessage>> _byTopic = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MqttMessage> _retained = new(StringComparer.Ordinal);
    private readonly Dictionary<ushort, (MqttMessage Message, TimeSpan SentAt)> _inFlight = [];
    private ushort _lastId;

    /// <summary>Messages that were given up because there were too many topics.</summary>
    public long Dropped { get; private set; }

    public int Waiting => _waiting.Count;

    /// <summary>When the oldest message was sent that is not acknowledged; null when there is none.</summary>
    public TimeSpan? OldestSent => _inFlight.Count == 0 ? null : _inFlight.Values.Min(f => f.SentAt);

    public void Add(MqttMessage message)
    {
        if (message.IsRetained && (_retained.Count < mostTopics || _retained.ContainsKey(message.Topic)))
        {
            _retained[message.Topic] = message;
        }

        if (_byTopic.TryGetValue(message.Topic, out var older))
        {
            older.Value = message;
            return;
        }

        if (_waiting.Count >= mostTopics)
        {
            _byTopic.Remove(_waiting.First!.Value.Topic);
            _waiting.RemoveFirst();
            Dropped++;
        }

        _byTopic[message.Topic] = _waiting.AddLast(message);
    }

    /// <summary>Takes the next message to send, with the id for it; false when none may be sent now.</summary>
    public bool TryTake(TimeSpan now, out MqttMessage message, out ushort id)
    {
        (message, id) = (null!, 0);
        if (_waiting.First is not { } first || (first.Value.IsAssured && _inFlight.Count >= Window))
        {
            return false;
        }

        message = first.Value;
        _waiting.RemoveFirst();
        _byTopic.Remove(message.Topic);
        if (message.IsAssured)
        {
            do
            {
                _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
            }
            while (_inFlight.ContainsKey(_lastId));
            id = _lastId;
            _inFlight[id] = (message, now);
        }

        return true;
    }

    /// <summary>Whether a message with this id was waited for.</summary>
    public bool Acknowledge(ushort id)
    {
        if (!_inFlight.Remove(id, out var sent))
        {
            return false;
        }

        // What is taken away needs no telling again.
        if (sent.Message.Payload.IsEmpty && _retained.TryGetValue(sent.Message.Topic, out var kept)
            && ReferenceEquals(kept, sent.Message))
        {
            _retained.Remove(sent.Message.Topic);
        }

        return true;
    }

    /// <summary>
    /// Begins anew with a broker, which may have forgotten everything: what it should retain is to be sent, and what
    /// was not acknowledged.
    /// </summary>
    public void Renew()
    {
        var again = _inFlight.Values.Select(f => f.Message).Concat(_retained.Values)
            .Where(m => !_byTopic.ContainsKey(m.Topic)).DistinctBy(m => m.Topic, StringComparer.Ordinal).ToList();
        _inFlight.Clear();
        foreach (var message in again)
        {
            Add(_retained.GetValueOrDefault(message.Topic, message));
        }
    }
}
