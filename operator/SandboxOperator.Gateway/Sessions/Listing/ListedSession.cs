using SandboxOperator.Gateway.Store;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions.Listing;

/// <summary>A session in a list.</summary>
internal sealed record ListedSession(SessionInfo Info, long Seq) : IListed
{
    public string Id => Info.Key.Name;
}
