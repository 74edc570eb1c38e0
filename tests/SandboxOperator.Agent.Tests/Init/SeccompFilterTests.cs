using SandboxOperator.Agent.Init;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

public sealed class SeccompFilterTests
{
    public static TheoryData<string> Architectures { get; } = ["x64", "arm64"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_forbidden_call_is_not_permitted(string architecture)
    {
        var calls = Calls(architecture);
        foreach (var (name, number) in calls.Forbidden)
        {
            Ask(calls, number).ShouldBe(SeccompFilter.NotPermitted, customMessage: name);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Sockets_are_local_only(string architecture)
    {
        var calls = Calls(architecture);
        for (uint family = 0; family < 50; family++)
        {
            var expected = family == 1 ? SeccompFilter.Allow : SeccompFilter.NotPermitted;
            Ask(calls, calls.Socket, family).ShouldBe(expected);
            Ask(calls, calls.SocketPair, family).ShouldBe(expected);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Processes_and_threads_are_allowed_and_namespaces_are_not(string architecture)
    {
        var calls = Calls(architecture);
        Ask(calls, calls.CloneProcess, 17).ShouldBe(SeccompFilter.Allow);
        Ask(calls, calls.CloneProcess, 0x003D0F00).ShouldBe(SeccompFilter.Allow); // a thread of glibc
        for (var bit = 0; bit < 32; bit++)
        {
            var flag = 1u << bit;
            Ask(calls, calls.CloneProcess, flag | 17)
                .ShouldBe((SeccompFilter.NewNamespaces & flag) == 0 ? SeccompFilter.Allow : SeccompFilter.NotPermitted);
        }

        Ask(calls, calls.Clone3).ShouldBe(SeccompFilter.NotImplemented);
        Ask(calls, calls.MemoryFile).ShouldBe(SeccompFilter.NotImplemented);
        Ask(calls, calls.SetSocketOption, 7).ShouldBe(SeccompFilter.NotPermitted); // the send buffer
        Ask(calls, calls.SetSocketOption, 8).ShouldBe(SeccompFilter.Allow);
        Ask(calls, calls.ResourceLimit, 0).ShouldBe(SeccompFilter.Allow);
        Ask(calls, calls.ResourceLimit, 1).ShouldBe(SeccompFilter.NotPermitted);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void What_is_not_named_is_allowed(string architecture)
    {
        var calls = Calls(architecture);
        var named = calls
            .Forbidden.Values.Concat([
                calls.Socket,
                calls.SocketPair,
                calls.SetSocketOption,
                calls.CloneProcess,
                calls.Clone3,
                calls.ResourceLimit,
                calls.MemoryFile,
            ])
            .ToHashSet();
        foreach (var number in Enumerable.Range(0, 600).Select(n => (uint)n).Except(named))
        {
            Ask(calls, number).ShouldBe(SeccompFilter.Allow);
        }
    }

    [Fact]
    public void A_foreign_instruction_set_ends_the_process()
    {
        const uint I386 = 0x40000003;
        Interpret(SeccompFilter.Build(SystemCalls.X64), 1, I386, 0).ShouldBe(SeccompFilter.KillProcess);
        Interpret(SeccompFilter.Build(SystemCalls.Arm64), 1, I386, 0).ShouldBe(SeccompFilter.KillProcess);
        Ask(SystemCalls.X64, 0x40000000 | 41, 2).ShouldBe(SeccompFilter.NotPermitted);
    }

    private static SystemCalls Calls(string architecture) =>
        architecture == "x64" ? SystemCalls.X64 : SystemCalls.Arm64;

    private static uint Ask(SystemCalls calls, uint number, uint argument = 0) =>
        Interpret(SeccompFilter.Build(calls), number, calls.AuditArchitecture, argument);

    /// <summary>Runs the program as the kernel would, over <c>struct seccomp_data</c>.</summary>
    private static uint Interpret(SeccompInstruction[] program, uint number, uint architecture, uint argument)
    {
        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            var (code, ifTrue, ifFalse, value) = program[at];
            switch (code)
            {
                case 0x20:
                    accumulator = value switch
                    {
                        0 => number,
                        4 => architecture,
                        16 or 32 => argument,
                        _ => throw new InvalidOperationException($"loads {value}"),
                    };
                    break;
                case 0x15:
                    at += accumulator == value ? ifTrue : ifFalse;
                    break;
                case 0x35:
                    at += accumulator >= value ? ifTrue : ifFalse;
                    break;
                case 0x45:
                    at += (accumulator & value) != 0 ? ifTrue : ifFalse;
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException($"unknown instruction {code:x}");
            }
        }
    }
}
