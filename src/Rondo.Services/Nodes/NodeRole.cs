namespace Rondo.Services.Nodes;

/// <summary>What a node does at present.</summary>
internal enum NodeRole
{
    /// <summary>Sends requests on to who leads.</summary>
    Follower,

    /// <summary>Has the lease, and reads what there is before it answers.</summary>
    Starting,

    /// <summary>Serves requests.</summary>
    Leader,
}
