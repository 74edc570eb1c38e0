using SandboxOperator.Agent.Link;
using SandboxOperator.Agent.Serve.Calls;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>Cuts what init says of itself to a reasonable size: it is kept as long as the connection.</summary>
internal static class HelloBounds
{
    private const int MaxItems = 64;
    private const int MaxTextBytes = 1024;

    public static LinkMessage.Hello Apply(LinkMessage.Hello hello) =>
        hello with
        {
            Limits =
            [
                .. hello
                    .Limits.Where(l => l is not null)
                    .Take(MaxItems)
                    .Select(l => new LimitStatus(Short(l.Resource), Short(l.Limit), Short(l.EnforcedBy))),
            ],
            Isolation =
            [
                .. hello
                    .Isolation.Where(c => c is not null)
                    .Take(MaxItems)
                    .Select(c => new IsolationCheck(Short(c.Name), c.Blocked, Short(c.Detail))),
            ],
        };

    private static string Short(string text) => Utf8.Shorten(text, MaxTextBytes);
}
