namespace Rondo.Runtime.Tests;

public sealed class MethodNameTests
{
    [Theory]
    [InlineData("Shop.Orders+<LoadAsync>d__3", "Orders.LoadAsync")]
    [InlineData("Shop.Orders`1+<LoadAsync>d__3`1[[System.Int32],[System.String]]", "Orders.LoadAsync")]
    [InlineData("Shop.Orders<System.Int32>+<LoadAsync>d__3<System.String>", "Orders.LoadAsync")]
    [InlineData("Shop.Orders<System.Func<System.Int32>>+<LoadAsync>d__3", "Orders.LoadAsync")]
    [InlineData("Shop.Orders+Line+<LoadAsync>d__3", "Line.LoadAsync")]
    [InlineData("Shop.Orders+<>c+<<LoadAsync>b__3_0>d", "Orders.LoadAsync.lambda")]
    [InlineData("Shop.Orders+<>c__DisplayClass3_0+<<LoadAsync>g__Retry|0>d", "Orders.LoadAsync.Retry")]
    [InlineData("Program+<<Main>$>d__0", "Program.Main")]
    [InlineData("Program+<>c+<<<Main>$>b__0_1>d", "Program.Main.lambda")]
    [InlineData("Program+<<<Main>$>g__WorkAsync|0_3>d", "Program.Main.WorkAsync")]
    [InlineData("", "")]
    [InlineData("+++", "")]
    public void Of_NameOfTheCompiler_IsTheMethodOfTheAuthor(string machine, string expected) =>
        Assert.Equal(expected, MethodName.OfStateMachine(machine));

    [Theory]
    [InlineData("Shop.Orders", "Load", "Orders.Load")]
    [InlineData("Shop.Orders+<>c", "<Load>b__0_1", "Orders.Load.lambda")]
    [InlineData("Shop.Orders`1[[System.Int32]]", "get_Result", "Orders.Result")]
    [InlineData("Shop.Orders", "Load[[System.Int32, System.Private.CoreLib]]", "Orders.Load")]
    public void OfMethod_OrdinaryOrLambda_IsNamedByItsAuthor(string type, string method, string expected) =>
        Assert.Equal(expected, MethodName.OfMethod(type, method));

    [Theory]
    [InlineData("System.Threading.Tasks.ValueTask`1+ValueTaskSourceAsTask[[System.Int32]]", "ValueTask.ValueTaskSourceAsTask")]
    [InlineData("System.Threading.Tasks.ValueTask<System.Int32>+ValueTaskSourceAsTask", "ValueTask.ValueTaskSourceAsTask")]
    [InlineData("System.Threading.Tasks.Task+CancellationPromise<System.Int32[]>", "Task.CancellationPromise")]
    [InlineData("Shop.Box<Shop.Pair<System.Int32>[]>", "Box")]
    [InlineData("Bare", "Bare")]
    public void ShortType_OfEitherSpelling_IsTheSame(string fullName, string expected) =>
        Assert.Equal(expected, MethodName.ShortType(fullName));
}
