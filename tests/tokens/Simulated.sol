// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface IToken {
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
    function approve(address spender, uint256 amount) external returns (bool);
}

/// A token that keeps one in a hundred of what is moved, and says nothing of it.
contract TollToken {
    mapping(address => uint256) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 amount);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount - amount / 100;
        emit Transfer(msg.sender, to, amount);
        return true;
    }
}

/// A token that says one thing and does another: it takes ten times what it says, allows in silence, and remembers that
/// somebody looked.
contract LyingToken {
    mapping(address => uint256) private _balances;
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    uint256 public looks;

    event Transfer(address indexed from, address indexed to, uint256 amount);

    function mint(address to, uint256 amount) external {
        _balances[to] += amount;
    }

    function balanceOf(address account) external returns (uint256) {
        // A look that may write is counted; one that may not goes on.
        try this.look{gas: 50_000}() {} catch {}
        return _balances[account];
    }

    function look() external {
        ++looks;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        uint256 taken = looks == 0 ? 10 * amount : amount;
        _balances[msg.sender] -= taken;
        _balances[to] += taken;
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    function greet(address spender) external {
        allowance[msg.sender][spender] = 7;
    }
}

/// Gives one token for another, and moves both itself.
contract Pool {
    function swap(IToken paid, uint256 amount, IToken given, uint256 out) external {
        paid.transferFrom(msg.sender, address(this), amount);
        given.transfer(msg.sender, out);
        payable(msg.sender).transfer(3);
    }

    function lend(IToken token, address spender, uint256 amount) external {
        token.approve(spender, amount);
    }

    receive() external payable {}
}

/// A coin in a wrapper, which burns and pays out without a Transfer.
contract Wrapper {
    mapping(address => uint256) public balanceOf;

    function deposit() external payable {
        balanceOf[msg.sender] += msg.value;
    }

    function withdraw(uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        payable(msg.sender).transfer(amount);
    }
}

/// Works from a moment on only.
contract Sleeper {
    uint256 public wokenAt;
    uint256 private immutable _from;

    error TooEarly(uint256 from, uint256 at);

    constructor(uint256 from) {
        _from = from;
    }

    function wake() external {
        if (block.timestamp < _from) revert TooEarly(_from, block.timestamp);
        wokenAt = block.timestamp;
    }

    function refuse(string calldata reason) external pure {
        revert(reason);
    }

    function overflow(uint256 a) external pure returns (uint256) {
        return a + type(uint256).max;
    }
}

/// Runs another contract's code as its own; which one's, stands where ERC-1967 has it.
contract Delegator {
    constructor(address implementation) {
        bytes32 slot = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
        assembly ("memory-safe") {
            sstore(slot, implementation)
        }
    }

    fallback() external payable {
        bytes32 slot = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
        assembly {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), sload(slot), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch done
            case 0 { revert(0, returndatasize()) }
            default { return(0, returndatasize()) }
        }
    }
}

/// What Permit2 keeps, as far as a simulation asks for it.
contract PermitKeeper {
    struct Allowed {
        uint160 amount;
        uint48 expiration;
        uint48 nonce;
    }

    mapping(address => mapping(address => mapping(address => Allowed))) public allowance;

    event Approval(
        address indexed owner,
        address indexed token,
        address indexed spender,
        uint160 amount,
        uint48 expiration
    );

    function approve(address token, address spender, uint160 amount, uint48 expiration) external {
        allowance[msg.sender][token][spender] = Allowed(amount, expiration, 0);
        emit Approval(msg.sender, token, spender, amount, expiration);
    }
}

/// Single things, as ERC-721 has them; one of them is moved in silence.
contract Badges {
    mapping(uint256 id => address) public ownerOf;
    mapping(address => uint256) public balanceOf;
    mapping(uint256 id => address) public getApproved;
    mapping(address => mapping(address => bool)) public isApprovedForAll;

    event Transfer(address indexed from, address indexed to, uint256 indexed id);
    event Approval(address indexed owner, address indexed approved, uint256 indexed id);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    function mint(address to, uint256 id) external {
        ownerOf[id] = to;
        ++balanceOf[to];
    }

    function transferFrom(address from, address to, uint256 id) external {
        _move(from, to, id);
        emit Transfer(from, to, id);
    }

    function slip(address to, uint256 id, uint256 said) external {
        _move(msg.sender, to, id);
        emit Transfer(msg.sender, to, said);
    }

    function approve(address spender, uint256 id) external {
        getApproved[id] = spender;
        emit Approval(ownerOf[id], spender, id);
    }

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function _move(address from, address to, uint256 id) private {
        require(ownerOf[id] == from, "not its owner");
        ownerOf[id] = to;
        --balanceOf[from];
        ++balanceOf[to];
    }
}

/// Many things of few kinds, as ERC-1155 has them.
contract Crates {
    mapping(address => mapping(uint256 id => uint256)) public balanceOf;

    event TransferBatch(
        address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] amounts
    );
    event TransferSingle(
        address indexed operator, address indexed from, address indexed to, uint256 id, uint256 amount
    );

    function mint(address to, uint256 id, uint256 amount) external {
        balanceOf[to][id] += amount;
    }

    function moveOne(address to, uint256 id, uint256 amount) external {
        _move(to, id, amount);
        emit TransferSingle(msg.sender, msg.sender, to, id, amount);
    }

    function moveMany(address to, uint256[] calldata ids, uint256[] calldata amounts) external {
        for (uint256 i = 0; i < ids.length; ++i) {
            _move(to, ids[i], amounts[i]);
        }
        emit TransferBatch(msg.sender, msg.sender, to, ids, amounts);
    }

    function _move(address to, uint256 id, uint256 amount) private {
        balanceOf[msg.sender][id] -= amount;
        balanceOf[to][id] += amount;
    }
}
